import { expect, test } from 'vitest'
import { overfitting } from './overfitting'

const table = (loss: (number | null)[], val_loss: (number | null)[]) => ({
  epochs: loss.map((_, at) => at + 1),
  series: { loss, val_loss },
})

test('a rising validation loss with a falling training loss is described', () => {
  expect(overfitting(table([0.5, 0.4, 0.3, 0.2, 0.1], [0.4, 0.35, 0.36, 0.4, 0.45]))).toEqual({
    head: 'Overfitting since epoch 2:',
    text: 'over the last 3 epochs, training loss fell from 0.4000 to 0.1000 while validation loss rose from 0.3500 to 0.4500.',
  })
})

test('two epochs, noise, or a rising training loss are no overfitting', () => {
  expect(overfitting(table([0.5, 0.4, 0.3], [0.35, 0.4, 0.5]))).toBeNull()
  expect(overfitting(table([0.5, 0.4, 0.3, 0.2], [0.35, 0.352, 0.351, 0.355]))).toBeNull()
  expect(overfitting(table([0.1, 0.2, 0.3, 0.4], [0.35, 0.4, 0.5, 0.6]))).toBeNull()
})

test('a NaN loss or no epoch is no overfitting', () => {
  expect(overfitting(table([0.5, 0.4, 0.3, null], [0.35, 0.4, 0.5, null]))).toBeNull()
  expect(overfitting(table([], []))).toBeNull()
})
