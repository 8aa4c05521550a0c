/** A small catalog and a spec, for tests. */

import type { Catalog, Limit, Spec } from '../api/types'

const epochs: Limit = { type: 'integer', title: 'Epochs', minimum: 1, maximum: 100000, default: 15 }
const rate: Limit = { type: 'number', title: 'Learning rate', exclusive_minimum: 0, maximum: 10, default: 0.001 }
const filters: Limit = {
  type: 'list',
  title: 'Filters',
  min_length: 1,
  default: [32],
  items: { type: 'integer', title: '', minimum: 1, maximum: 2048 },
}
const named = (title: string, choices: string[], nullable = false): Limit => ({ type: 'string', title, choices, nullable })
const share = (title: string, value: number): Limit => ({ type: 'number', title, minimum: 0, maximum: 1, default: value })

export const catalog = {
  limits: {
    'dataset.validation.from': named('Validation images', ['test', 'train', 'validation']),
    augmentation: { type: 'part', title: 'Augmentation', nullable: true },
    'augmentation.zoom': share('Zoom', 0),
    class_weights: named('Class weights', ['balanced'], true),
    epochs,
    'model.preset': named('Model', ['strided_cnn', 'vgg']),
    'optimizer.name': named('Optimizer', ['adam', 'sgd']),
    'optimizer.schedule.name': named('Schedule', ['cosine', 'step'], true),
  },
  datasets: ['digits'],
  backbones: [],
  presets: [
    { name: 'strided_cnn', title: 'Strided CNN', options: [{ name: 'filters', ...filters }] },
    { name: 'vgg', title: 'VGG-like CNN', options: [{ name: 'blocks', ...filters, default: [[32]] }] },
  ],
  optimizers: [
    { name: 'adam', title: 'Adam', options: [{ name: 'learning_rate', ...rate }] },
    {
      name: 'sgd',
      title: 'SGD',
      options: [
        { name: 'learning_rate', ...rate, default: 0.01 },
        { name: 'momentum', ...share('Momentum', 0) },
      ],
    },
  ],
  schedules: [
    { name: 'cosine', title: 'Cosine', options: [{ name: 'alpha', ...share('Final fraction', 0) }] },
    { name: 'step', title: 'Steps', options: [{ name: 'factor', ...share('Factor', 0.5) }] },
  ],
  losses: [
    { name: 'sparse_categorical_crossentropy', title: 'Sparse categorical cross-entropy', options: [] },
    {
      name: 'categorical_crossentropy',
      title: 'Categorical cross-entropy',
      options: [{ name: 'label_smoothing', ...share('Label smoothing', 0) }],
    },
  ],
  validations: [
    { name: 'test', title: 'The test split', options: [] },
    { name: 'train', title: 'A part of the training images', options: [{ name: 'fraction', ...share('Share', 0.1) }] },
    { name: 'validation', title: 'The validation split', options: [] },
  ],
  layers: ['Conv2D', 'Dense'],
  monitors: ['val_loss'],
  precisions: [],
} as unknown as Catalog

export const spec: Spec = {
  dataset: { name: 'digits', train_limit: null, validation: { from: 'test' } },
  augmentation: null,
  model: { preset: 'strided_cnn', options: { filters: [32] } },
  optimizer: { name: 'adam', learning_rate: 0.001, schedule: null },
  class_weights: null,
  epochs: 3,
}
