/** Values of a spec by their dotted path, and what names in it are called on the screen. */

import type { Json, Spec } from './types'

const DATASETS: Record<string, string> = {
  digits: 'Digits',
  fashion_mnist: 'Fashion-MNIST',
  mnist: 'MNIST',
  cifar10: 'CIFAR-10',
  cifar100: 'CIFAR-100',
}
const MODELS: Record<string, string> = {
  strided_cnn: 'strided CNN',
  vgg: 'VGG-like CNN',
  layers: 'list of layers',
  keras: 'Keras model',
}
const OPTIMIZERS: Record<string, string> = { adam: 'Adam', adamw: 'AdamW', sgd: 'SGD', rmsprop: 'RMSprop' }
const MONITORS: Record<string, string> = {
  loss: 'training loss',
  accuracy: 'training accuracy',
  val_loss: 'validation loss',
  val_accuracy: 'validation accuracy',
  val_macro_f1: 'validation macro F1',
}
const CHOICES: Record<string, Record<string, string>> = {
  'preprocessing.scaling': {
    unit: '0 to 1',
    signed: '−1 to 1',
    standard: 'mean 0, deviation 1',
    none: '0 to 255, as they are',
  },
  'loss.name': {
    sparse_categorical_crossentropy: 'Sparse categorical cross-entropy',
    categorical_crossentropy: 'Categorical cross-entropy',
  },
  'model.options.padding': { last_valid: 'same, last valid' },
  'model.options.pooling': { max: 'max pooling', average: 'average pooling', strides: 'strides' },
}

export const datasetTitle = (name: string): string => DATASETS[name] ?? name
export const modelTitle = (name: string): string => MODELS[name] ?? name
export const optimizerTitle = (name: string): string => OPTIMIZERS[name] ?? name
export const monitorTitle = (name: string): string => MONITORS[name] ?? name

/** A choice of the field at `path` in words. */
export const choiceTitle = (path: string, choice: string): string =>
  path.endsWith('.monitor') ? monitorTitle(choice) : (CHOICES[path]?.[choice] ?? choice)

/** "lowest" for a loss, "highest" for everything else that is monitored. */
export const wanted = (monitor: string): 'lowest' | 'highest' => (monitor.endsWith('loss') ? 'lowest' : 'highest')

export const isObject = (value: unknown): value is Spec =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The value at a dotted path; undefined where there is none. */
export function at(spec: Spec, path: string): Json | undefined {
  let value: Json | undefined = spec
  for (const key of path.split('.')) {
    if (!isObject(value)) return undefined
    value = value[key]
  }
  return value
}

/** A copy of the spec with the value at a dotted path set. */
export function withValue(spec: Spec, path: string, value: Json): Spec {
  const [key = '', ...rest] = path.split('.')
  if (rest.length === 0) return { ...spec, [key]: value }
  const inner = spec[key]
  return { ...spec, [key]: withValue(isObject(inner) ? inner : {}, rest.join('.'), value) }
}

/** How the model is described: a preset's name, `layers` or `keras`. */
export function modelForm(spec: Spec): string {
  if (at(spec, 'model.layers') !== undefined) return 'layers'
  return at(spec, 'model.keras') === undefined ? String(at(spec, 'model.preset') ?? '') : 'keras'
}

export const datasetOf = (spec: Spec): string => datasetTitle(String(at(spec, 'dataset.name') ?? ''))
export const modelOf = (spec: Spec): string => modelTitle(modelForm(spec))
export const monitorOf = (spec: Spec): string => String(at(spec, 'callbacks.checkpoint.monitor') ?? '') || 'val_loss'

/** Whether validation images were taken from the training images, so that the test split was not looked at. */
export const isFromTrain = (spec: Spec): boolean => at(spec, 'dataset.validation.from') === 'train'
