import { expect, test } from 'vitest'
import { contourPoints, interpolated } from './contour'
import { settingScale } from './scale'
import { row } from './study-examples'
import { hasValue, trialOf } from './trials'

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
