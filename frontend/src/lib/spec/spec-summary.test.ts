import { expect, test } from 'vitest'
import { headline, summaries } from './spec-summary'
import { specSections } from './spec-sections'
import type { Spec } from '../api/types'

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

test('the subtitle of a run', () => {
  expect(headline(spec, 360458).join(' · ')).toBe(
    'Fashion-MNIST · strided CNN · 360,458 parameters · Adam 0.001 · batch size 32 · seed 0',
  )
})

test('a closed section shows its values', () => {
  expect(summaries.data(spec)).toBe('Fashion-MNIST · the first 1,000 test images · validation on the test split · pixels 0 to 1')
  expect(summaries.model(spec)).toBe('Strided CNN · 32, 64 filters · no dense layer')
  expect(summaries.augmentation(spec)).toBe('none')
  expect(summaries.optimizer(spec)).toBe('Adam · learning rate 0.001 · constant rate')
  expect(summaries.training(spec)).toBe('15 epochs · batch size 32 · seed 0 · float32')
  expect(summaries.callbacks(spec)).toBe('checkpoint of the best validation loss · no early stopping')
})

test('a number with an error is left out', () => {
  const errors = { epochs: 'Enter a whole number from 1 to 100,000' }
  for (const epochs of ['abc', 1.5, null]) expect(summaries.training({ ...spec, epochs }, errors)).toBe('batch size 32 · seed 0 · float32')
})

test('values beyond the defaults are shown', () => {
  expect(summaries.data(regularized)).toBe('leaves · all images · validation on 10% of the training images · pixels 0 to 1')
  expect(summaries.model(regularized)).toBe(
    'VGG-like CNN · 32, 64 filters · batch normalization · dense 128 · dropout 0.2 · L2 0.001',
  )
  expect(summaries.augmentation(regularized)).toBe('width shift 0.1 · rotation 15° · horizontal flip')
  expect(summaries.optimizer(regularized)).toBe(
    'SGD · learning rate 0.001 · momentum 0.9 · cosine schedule after 2 epochs of warm-up · categorical cross-entropy, label smoothing 0.1 · balanced class weights',
  )
  expect(summaries.callbacks(regularized)).toBe(
    'checkpoint of the best validation loss and of every 10th epoch · ' +
      'early stopping after 5 epochs without a better validation accuracy, restores the best weights · ' +
      'learning rate × 0.2 after 1 epoch without a better validation loss · continue when the loss is NaN',
  )
})

test('models given as JSON', () => {
  expect(summaries.model({ model: { layers: [{}, {}] } })).toBe('List of layers · 2 layers')
  expect(summaries.model({ model: { keras: { config: { layers: [{}] } } } })).toBe('Keras model · 1 layer')
})

test('a whole spec by section', () => {
  const [data, , augmentation] = specSections(spec)
  expect(data!.values).toEqual([
    ['dataset.name', 'fashion_mnist'],
    ['dataset.test_limit', '1000'],
    ['dataset.validation.from', 'test'],
    ['preprocessing.scaling', 'unit'],
  ])
  expect(augmentation!.values).toEqual([])
})
