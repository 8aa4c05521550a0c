import { expect, test } from 'vitest'
import { emptyTable } from '../charts/series'
import { generalizationGap } from './generalization-gap'

function accuracies(training: (number | null)[], validation: (number | null)[]) {
  return { epochs: training.map((_, at) => at + 1), series: { accuracy: training, val_accuracy: validation }, elapsed: [] }
}

test('a gap that grew three times in a row widens since the epoch before', () => {
  const gap = generalizationGap(accuracies([0.8, 0.87, 0.9, 0.93, 0.95], [0.82, 0.86, 0.88, 0.89, 0.89]))
  expect(gap?.points).toBeCloseTo(6)
  expect(gap?.since).toBe(2)
})

test('a gap below zero does not widen', () => {
  expect(generalizationGap(accuracies([0.5, 0.7, 0.8, 0.86], [0.7, 0.75, 0.8, 0.85]))?.since).toBeNull()
})

test('a gap that shrank in between does not widen', () => {
  expect(generalizationGap(accuracies([0.8, 0.9, 0.9, 0.95], [0.78, 0.85, 0.86, 0.88]))?.since).toBeNull()
  expect(generalizationGap(accuracies([0.5, 0.6, 0.7, 0.8], [0.9, 0.95, 0.96, 0.97]))?.since).toBeNull()
})

test('training is measured in test mode where the run has it', () => {
  const table = accuracies([0.5, 0.84], [0.6, 0.856])
  const tested = { ...table, series: { ...table.series, train_eval_accuracy: [0.7, 0.908] } }
  expect(generalizationGap(table)?.points).toBeCloseTo(-1.6)
  expect(generalizationGap(tested)?.points).toBeCloseTo(5.2)
})

test('no gap without both accuracies', () => {
  expect(generalizationGap(accuracies([0.8], [null]))).toBeNull()
  expect(generalizationGap(emptyTable)).toBeNull()
})
