import { expect, test } from 'vitest'
import { beyondPath, curveScale, ownFrame, sparkPath, sparkPoint } from './sparkline'

const whole = { low: 0, high: 2, extent: 1 }

test('a line from edge to edge', () => {
  expect(sparkPath([2, 1, 0], whole)).toBe('M2.5 2.5L48.0 12.0L93.5 21.5')
})

test('a run at half of its epochs fills half of the width', () => {
  expect(sparkPath([2, 0], { ...whole, extent: 0.5 })).toBe('M2.5 2.5L48.0 21.5')
})

test('what leaves the scale is drawn at its edge', () => {
  expect(sparkPoint(0, 1000, whole)).toEqual([2.5, 2.5])
})

test('a hole breaks the line, one value draws none', () => {
  expect(sparkPath([1, null, 1], whole)).toBe('M2.5 12.0M93.5 12.0')
  expect(sparkPath([1], whole)).toBe('')
  expect(sparkPath([null, null], whole)).toBe('')
})

test('a line on its own scale goes from its lowest to its highest value', () => {
  expect(ownFrame([3, null, 5], 1)).toEqual({ low: 3, high: 5, extent: 1 })
})

test('what leaves the scale is marked at its edge', () => {
  expect(beyondPath([3, 1, null, -1], whole)).toBe('M0.5 2.5h4M91.5 21.5h4')
  expect(beyondPath([2, 0, 2.01], whole)).toBe('')
})

test('a scale of many lines leaves out the tenth that diverged', () => {
  const curves = Array.from({ length: 10 }, (_, at) => [1, 2 + at / 10])
  expect(curveScale([...curves, [1, 900]])).toEqual({ low: 1, high: 2.9 })
  expect(curveScale([[3, null]])).toEqual({ low: 0, high: 1 })
})
