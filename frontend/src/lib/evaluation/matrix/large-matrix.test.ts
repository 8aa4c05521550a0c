import { expect, test } from 'vitest'
import * as m from './large-matrix'

test('mistakes are cells in the order shown, the strongest last; the diagonal is left out', () => {
  const matrix = { classes: ['a', 'b', 'c'], rows: [0, 0, 0, 1, 2, 2], columns: [0, 1, 2, 1, 0, 2], values: [90, 1, 9, 50, 4, 96] }
  expect(m.mistakeCells(matrix, m.placesOf([2, 0, 1]), 'none')).toEqual([
    { row: 1, column: 2, value: 1 },
    { row: 0, column: 1, value: 4 },
    { row: 1, column: 0, value: 9 },
  ])
  expect(m.mistakeCells(matrix, [0, 1, 2], 'true').at(-1)).toEqual({ row: 0, column: 2, value: 0.09 })
  expect(m.mistakeCells(matrix, [0, 1, 2], 'pred').map(({ value }) => value)).toEqual([1 / 51, 4 / 94, 9 / 105])
})

test('colors are logarithmic: ten times as many mistakes are one step stronger', () => {
  const scale = m.colorScale([100, 40], 'none')
  const [one, ten, hundred] = [1, 10, 100].map((value) => m.logStrength(value, scale)) as [number, number, number]
  expect(one).toBe(m.WEAKEST)
  expect(hundred).toBe(1)
  expect(ten - one).toBeCloseTo(hundred - ten)
  expect(m.logStrength(0.001, m.colorScale([100], 'true'))).toBe(m.WEAKEST)
  expect(m.logStrength(1, m.colorScale([1], 'none'))).toBe(1)
  expect(m.legendValues({ lowest: 1, highest: 41 })).toEqual([1, 3, 12, 41])
  expect(m.legendValues({ lowest: 1, highest: 1 })).toEqual([1])
})

test('zooming keeps the place under the pointer and stays in the matrix', () => {
  const whole = m.wholeView(100)
  expect(m.zoomed(whole, 2, 100, 20, 80)).toEqual({ row: 10, column: 40, size: 50 })
  expect(m.zoomed(whole, 0.5, 100)).toEqual(whole)
  expect(m.zoomed(whole, 1000, 100).size).toBe(4)
  expect(m.zoomed(m.wholeView(3), 9, 3)).toEqual(m.wholeView(3))
  expect(m.moved(m.zoomed(whole, 2, 100), 500, -500, 100)).toEqual({ row: 50, column: 0, size: 50 })
})

test('a cell out of sight is brought into sight', () => {
  const view = { row: 10, column: 10, size: 20 }
  expect(m.revealed(view, 15, 15, 100)).toEqual(view)
  expect(m.revealed(view, 3, 40, 100)).toEqual({ row: 3, column: 21, size: 20 })
})

test('classes lower than a line of text have every n-th label', () => {
  expect(m.labeledPlaces(0, 4, 100)).toEqual([0, 1, 2, 3])
  expect(m.labeledPlaces(0, 100, 550)).toHaveLength(50)
  expect(m.labeledPlaces(7.5, 10, 60)).toEqual([8, 10, 12, 14, 16])
})
