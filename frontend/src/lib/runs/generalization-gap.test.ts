import { expect, test } from 'vitest'
import { emptyTable } from '../charts/series'
import { generalizationGap } from './generalization-gap'

function accuracies(training: (number | null)[], validation: (number | null)[]) {
  return { epochs: training.map((_, at) => at + 1), series: { accuracy: training, val_accuracy: validation } }
}

test('a generalizationGap that grew three times in a row is widening since where it began', () => {
  const gap = generalizationGap(accuracies([0.8, 0.87, 0.9, 0.93, 0.95], [0.82, 0.86, 0.88, 0.89, 0.89]))
  expect(gap?.points).toBeCloseTo(6)
  expect(gap?.since).toBe(2)
})

test('validation that falls behind is not a widening generalizationGap before it is behind', () => {
  expect(generalizationGap(accuracies([0.5, 0.7, 0.8, 0.86], [0.7, 0.75, 0.8, 0.85]))?.since).toBeNull()
})

test('a generalizationGap that went to and fro is not widening', () => {
  expect(generalizationGap(accuracies([0.8, 0.9, 0.9, 0.95], [0.78, 0.85, 0.86, 0.88]))?.since).toBeNull()
  expect(generalizationGap(accuracies([0.5, 0.6, 0.7, 0.8], [0.9, 0.95, 0.96, 0.97]))?.since).toBeNull()
})

test('no generalizationGap without both accuracies', () => {
  expect(generalizationGap(accuracies([0.8], [null]))).toBeNull()
  expect(generalizationGap(emptyTable)).toBeNull()
})
