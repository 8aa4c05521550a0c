import { expect, test } from 'vitest'
import { at, flat, headline, lines, wanted, withValue } from './spec'
import type { Spec } from './types'

const spec: Spec = {
  dataset: { name: 'fashion_mnist', train_limit: null, test_limit: 1000 },
  model: { preset: 'strided_cnn', options: { filters: [32, 64], dense_units: [], padding: 'valid' } },
  optimizer: { name: 'adam', learning_rate: 0.001 },
  batch_size: 32,
  epochs: 15,
  seed: 0,
  callbacks: { checkpoint: { monitor: 'val_loss' }, terminate_on_nan: true },
}

test('values are read and set by path', () => {
  expect(at(spec, 'optimizer.learning_rate')).toBe(0.001)
  expect(at(spec, 'optimizer.none.there')).toBeUndefined()
  const changed = withValue(spec, 'optimizer.learning_rate', 0.01)
  expect(at(changed, 'optimizer.learning_rate')).toBe(0.01)
  expect(at(changed, 'optimizer.name')).toBe('adam')
  expect(at(spec, 'optimizer.learning_rate')).toBe(0.001)
})

test('a run has a head line', () => {
  expect(headline(spec, 360458).join(' · ')).toBe(
    'Fashion-MNIST · strided CNN · 360,458 parameters · Adam 0.001 · batch 32 · seed 0',
  )
})

test('a closed section says its values', () => {
  expect(lines.data(spec)).toBe('Fashion-MNIST · all images to train · the first 1,000 to validate')
  expect(lines.model(spec)).toBe('Strided CNN · 32, 64 filters · no dense layer · valid padding')
  expect(lines.training(spec)).toBe('15 epochs · batch 32 · seed 0')
  expect(lines.callbacks(spec)).toBe('keep the best by validation loss · end when the loss is not a number')
})

test('all of a spec as lines', () => {
  expect(flat(spec)).toContainEqual(['dataset.test_limit', '1000'])
  expect(flat(spec)).toContainEqual(['model.options.filters', '32, 64'])
  expect(flat(spec).some(([path]) => path === 'dataset.train_limit')).toBe(false)
})

test('a loss is wanted low', () => {
  expect(wanted('val_loss')).toBe('lowest')
  expect(wanted('val_macro_f1')).toBe('highest')
})
