import { expect, test } from 'vitest'
import { headline, lines } from './lines'
import { groups } from './spec-groups'
import type { Spec } from './types'

const spec: Spec = {
  dataset: { name: 'fashion_mnist', train_limit: null, test_limit: 1000, validation: { from: 'test' } },
  preprocessing: { scaling: 'unit' },
  model: { preset: 'strided_cnn', options: { filters: [32, 64], dense_units: [], padding: 'valid' } },
  augmentation: null,
  optimizer: { name: 'adam', learning_rate: 0.001, schedule: null },
  loss: { name: 'sparse_categorical_crossentropy', label_smoothing: 0 },
  class_weights: null,
  batch_size: 32,
  epochs: 15,
  seed: 0,
  precision: 'float32',
  callbacks: {
    checkpoint: { monitor: 'val_loss', every: null },
    early_stopping: null,
    reduce_lr: null,
    terminate_on_nan: true,
  },
}

const regularized: Spec = {
  ...spec,
  dataset: { name: 'leaves', train_limit: null, test_limit: null, validation: { from: 'train', fraction: 0.1 } },
  model: { preset: 'vgg', options: { blocks: [[32, 64]], dense_units: [128], batch_normalization: true, dense_dropout: 0.2, l2: 0.001 } },
  augmentation: { width_shift: 0.1, height_shift: 0, horizontal_flip: true, rotation: 15 },
  optimizer: { name: 'sgd', learning_rate: 0.001, momentum: 0.9, schedule: { name: 'cosine', warmup_epochs: 2 } },
  loss: { name: 'categorical_crossentropy', label_smoothing: 0.1 },
  class_weights: 'balanced',
  callbacks: {
    checkpoint: { monitor: 'val_loss', every: 10 },
    early_stopping: { monitor: 'val_accuracy', patience: 5, min_delta: 0, restore_best_weights: true },
    reduce_lr: { monitor: 'val_loss', factor: 0.2, patience: 1 },
    terminate_on_nan: false,
  },
}

test('a run has a head line', () => {
  expect(headline(spec, 360458).join(' · ')).toBe(
    'Fashion-MNIST · strided CNN · 360,458 parameters · Adam 0.001 · batch 32 · seed 0',
  )
})

test('a closed section says its values', () => {
  expect(lines.data(spec)).toBe('Fashion-MNIST · the first 1,000 test images · validated on the test split · pixels 0 to 1')
  expect(lines.model(spec)).toBe('Strided CNN · 32, 64 filters · no dense layer')
  expect(lines.augmentation(spec)).toBe('images as they are')
  expect(lines.optimiser(spec)).toBe('Adam · learning rate 0.001 · constant')
  expect(lines.training(spec)).toBe('15 epochs · batch 32 · seed 0 · float32')
  expect(lines.callbacks(spec)).toBe('keep the best by validation loss · no early stop')
})

test('all that is more than the defaults is said', () => {
  expect(lines.data(regularized)).toBe('leaves · all images · validated on 10% of the training images · pixels 0 to 1')
  expect(lines.model(regularized)).toBe(
    'VGG-like CNN · 32, 64 filters · batch normalisation · dense 128 · dropout 0.2 · L2 0.001',
  )
  expect(lines.augmentation(regularized)).toBe('sideways 0.1 · rotated 15° · mirrored left and right')
  expect(lines.optimiser(regularized)).toBe(
    'SGD · learning rate 0.001 · momentum 0.9 · cosine after 2 epochs of warm-up · categorical cross-entropy, labels smoothed by 0.1 · classes balanced',
  )
  expect(lines.callbacks(regularized)).toBe(
    'keep the best by validation loss and each 10th epoch · ' +
      'stop after 5 epochs without a better validation accuracy, best weights restored · ' +
      'rate × 0.2 after 1 epoch without a better validation loss · go on when the loss is not a number',
  )
})

test('other ways to describe a model', () => {
  expect(lines.model({ model: { layers: [{}, {}] } })).toBe('List of layers · 2 layers')
  expect(lines.model({ model: { keras: { config: { layers: [{}] } } } })).toBe('Keras model · 1 layer')
})

test('a whole spec by section', () => {
  const [data, , augmentation] = groups(spec)
  expect(data!.values).toEqual([
    ['dataset.name', 'fashion_mnist'],
    ['dataset.test_limit', '1000'],
    ['dataset.validation.from', 'test'],
    ['preprocessing.scaling', 'unit'],
  ])
  expect(augmentation!.values).toEqual([])
})
