/** Reads and sets values of a spec by their dotted path, and gives its names the titles that the page shows. */

import { capital } from '../text/format'
import type { Json, Spec } from '../api/types'

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
  efficientnet_lite0: 'EfficientNet-Lite0',
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
    standard: 'mean 0, standard deviation 1',
    none: '0 to 255, unchanged',
  },
  'loss.name': {
    sparse_categorical_crossentropy: 'Sparse categorical cross-entropy',
    categorical_crossentropy: 'Categorical cross-entropy',
  },
  'model.options.padding': { last_valid: 'same, last valid' },
  'model.options.train': { head: 'only the new head', last_blocks: 'head, then the last blocks', all: 'head, then all of it' },
  'model.options.pooling': { max: 'max pooling', average: 'average pooling', strides: 'strides' },
}

/** Returns the title of a dataset; of `fashion_mnist@2`, "Fashion-MNIST, version 2". */
export function datasetTitle(name: string): string {
  const [, base = name, version] = /^(.+)@(\d+)$/.exec(name) ?? []
  return (DATASETS[base] ?? base) + (version ? `, version ${version}` : '')
}
export const modelTitle = (name: string): string => MODELS[name] ?? name
export const optimizerTitle = (name: string): string => OPTIMIZERS[name] ?? name
export const monitorTitle = (name: string): string => MONITORS[name] ?? name

/** Returns the title of a choice of the field at `path`. */
export function choiceTitle(path: string, choice: string): string {
  if (path.endsWith('.monitor')) return monitorTitle(choice)
  if (path === 'dataset' || path === 'dataset.name') return datasetTitle(choice)
  if (path === 'model' || path === 'model.preset' || path === 'model.backbone') return capital(modelTitle(choice))
  return path === 'optimizer.name' ? optimizerTitle(choice) : (CHOICES[path]?.[choice] ?? choice)
}

/** Returns which value of a monitored metric is the best one. */
export const bestDirection = (monitor: string): 'lowest' | 'highest' => (monitor.endsWith('loss') ? 'lowest' : 'highest')

export const isObject = (value: unknown): value is Spec =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Returns the value at a dotted path; undefined when there is none. */
export function valueAt(spec: Spec, path: string): Json | undefined {
  let value: Json | undefined = spec
  for (const key of path.split('.')) {
    if (!isObject(value)) return undefined
    value = value[key]
  }
  return value
}

/** Returns a copy of the spec with the value at a dotted path set. */
export function withValue(spec: Spec, path: string, value: Json): Spec {
  const [key = '', ...rest] = path.split('.')
  if (rest.length === 0) return { ...spec, [key]: value }
  const inner = spec[key]
  return { ...spec, [key]: withValue(isObject(inner) ? inner : {}, rest.join('.'), value) }
}

/** Returns the name of the preset or backbone, `layers` or `keras`. */
export function modelForm(spec: Spec): string {
  if (valueAt(spec, 'model.layers') !== undefined) return 'layers'
  return valueAt(spec, 'model.keras') === undefined ? String(valueAt(spec, 'model.preset') ?? valueAt(spec, 'model.backbone') ?? '') : 'keras'
}

export const datasetOf = (spec: Spec): string => datasetTitle(String(valueAt(spec, 'dataset.name') ?? ''))
export const modelOf = (spec: Spec): string => modelTitle(modelForm(spec))
export const monitorOf = (spec: Spec): string => String(valueAt(spec, 'callbacks.checkpoint.monitor') ?? '') || 'val_loss'

/** True when a run may end before its last epoch by itself. */
export const mayEndEarly = (spec: Spec): boolean => valueAt(spec, 'callbacks.early_stopping') != null

/** True when no test image validates, so that the best model is scored once on the test split. */
export const leavesTestUnseen = (spec: Spec): boolean => ['train', 'validation'].includes(String(valueAt(spec, 'dataset.validation.from')))
