import { expect, test } from 'vitest'
import { overfitting } from './insight'

const table = (loss: (number | null)[], val_loss: (number | null)[]) => ({
  epochs: loss.map((_, at) => at + 1),
  series: { loss, val_loss },
})

test('a validation loss that rises while training falls is named with its figures', () => {
  expect(overfitting(table([0.5, 0.4, 0.3, 0.2, 0.1], [0.4, 0.35, 0.36, 0.4, 0.45]))).toEqual({
    head: 'It overfits after epoch 2:',
    text: 'in the 3 epochs since, training loss fell from 0.4000 to 0.1000 while validation loss rose from 0.3500 to 0.4500.',
  })
})

test('nothing is said of two epochs, of noise, or of a training loss that rises too', () => {
  expect(overfitting(table([0.5, 0.4, 0.3], [0.35, 0.4, 0.5]))).toBeNull()
  expect(overfitting(table([0.5, 0.4, 0.3, 0.2], [0.35, 0.352, 0.351, 0.355]))).toBeNull()
  expect(overfitting(table([0.1, 0.2, 0.3, 0.4], [0.35, 0.4, 0.5, 0.6]))).toBeNull()
})

test('nothing is said where a loss is no number, or before the first epoch', () => {
  expect(overfitting(table([0.5, 0.4, 0.3, null], [0.35, 0.4, 0.5, null]))).toBeNull()
  expect(overfitting(table([], []))).toBeNull()
})
