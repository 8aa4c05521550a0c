import { expect, test } from 'vitest'
import { bands, contourPoints, interpolated } from './contour'
import { settingScale } from '../scale'
import { row } from '../study-examples'
import { hasValue, trialOf } from '../trials'

const rate = settingScale({ low: 0.001, high: 0.1, log: true })
const batch = settingScale([32, 64])
const trials = [
  trialOf(row({ trial: 0, value: 0.8, values: { rate: 0.001, batch: 32 } }), 'best.val_accuracy'),
  trialOf(row({ trial: 1, value: 0.9, values: { rate: 0.1, batch: 64 } }), 'best.val_accuracy'),
  trialOf(row({ trial: 2, value: 0.7, values: { rate: 0.1 } }), 'best.val_accuracy'),
].filter(hasValue)

test('a run without one of the two settings is left out', () => {
  expect(contourPoints(trials, ['rate', 'batch'], rate, batch).map(({ x, y }) => [x, y])).toEqual([[0, 0], [1, 1]])
})

test('the objective between two runs lies between theirs, and close to a run at it', () => {
  const grid = interpolated(contourPoints(trials, ['rate', 'batch'], rate, batch), 3)
  expect(grid[1]![1]).toBeCloseTo(0.85)
  expect(grid[0]![0]).toBeCloseTo(0.8, 3)
  expect(grid[2]![2]).toBeCloseTo(0.9, 3)
})

test('a band begins where its level lies between the cells, the lowest one everywhere', () => {
  const slope = [[0, 1], [0, 1]]
  expect(bands(slope, 2)).toEqual([
    { level: 0, area: 'M0 0L1 0L1 1L0 1', line: '' },
    { level: 0.5, area: 'M0.5 0L1 0L1 1L0.5 1', line: 'M0.5 0L0.5 1' },
    { level: 1, area: 'M1 0L1 0L1 1L1 1', line: 'M1 0L1 1' },
  ])
})

test('where all runs are alike there is one band', () => {
  expect(bands([[2, 2], [2, 2]])).toHaveLength(1)
})
