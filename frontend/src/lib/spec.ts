/** What a spec says, in the words of a person. */

import { capital, count } from './format'
import type { Json, Spec } from './types'

const DATASETS: Record<string, string> = { digits: 'Digits', fashion_mnist: 'Fashion-MNIST' }
const MODELS: Record<string, string> = { strided_cnn: 'strided CNN' }
const OPTIMIZERS: Record<string, string> = { adam: 'Adam' }
const MONITORS: Record<string, string> = {
  loss: 'training loss',
  accuracy: 'training accuracy',
  val_loss: 'validation loss',
  val_accuracy: 'validation accuracy',
  val_macro_f1: 'validation macro F1',
}

export const datasetTitle = (name: string): string => DATASETS[name] ?? name
export const modelTitle = (preset: string): string => MODELS[preset] ?? preset
export const optimizerTitle = (name: string): string => OPTIMIZERS[name] ?? name
export const monitorTitle = (name: string): string => MONITORS[name] ?? name

/** "lowest" for a loss, "highest" for everything else that is monitored. */
export const wanted = (monitor: string): 'lowest' | 'highest' => (monitor.endsWith('loss') ? 'lowest' : 'highest')

/** The value at a dotted path; undefined where there is none. */
export function at(spec: Spec, path: string): Json | undefined {
  let value: Json | undefined = spec
  for (const key of path.split('.')) {
    if (value === null || typeof value !== 'object' || Array.isArray(value)) return undefined
    value = value[key]
  }
  return value
}

/** A copy of the spec with the value at a dotted path set. */
export function withValue(spec: Spec, path: string, value: Json): Spec {
  const [key = '', ...rest] = path.split('.')
  if (rest.length === 0) return { ...spec, [key]: value }
  const inner = spec[key]
  const part = inner !== null && typeof inner === 'object' && !Array.isArray(inner) ? inner : {}
  return { ...spec, [key]: withValue(part, rest.join('.'), value) }
}

const text = (spec: Spec, path: string): string => String(at(spec, path) ?? '')

export const datasetOf = (spec: Spec): string => datasetTitle(text(spec, 'dataset.name'))
export const modelOf = (spec: Spec): string => modelTitle(text(spec, 'model.preset'))
export const monitorOf = (spec: Spec): string => text(spec, 'callbacks.checkpoint.monitor') || 'val_loss'
export const optimizerOf = (spec: Spec): string =>
  `${optimizerTitle(text(spec, 'optimizer.name'))} ${text(spec, 'optimizer.learning_rate')}`

/** The head line of a run: data set, model, parameters, optimiser, batch and seed. */
export function headline(spec: Spec, parameters: number | null): string[] {
  return [
    datasetOf(spec),
    modelOf(spec),
    ...(parameters === null ? [] : [`${count(parameters)} parameters`]),
    optimizerOf(spec),
    `batch ${text(spec, 'batch_size')}`,
    `seed ${text(spec, 'seed')}`,
  ]
}

const limited = (value: Json | undefined, what: string): string =>
  typeof value === 'number' ? `the first ${count(value)} to ${what}` : `all images to ${what}`

const list = (value: Json | undefined): string => (Array.isArray(value) ? value.join(', ') : String(value ?? ''))

/** The line of each closed section of the form. */
export const lines = {
  data: (spec: Spec): string =>
    [
      datasetOf(spec),
      limited(at(spec, 'dataset.train_limit'), 'train'),
      limited(at(spec, 'dataset.test_limit'), 'validate'),
    ].join(' · '),
  model: (spec: Spec): string => {
    const dense = list(at(spec, 'model.options.dense_units'))
    return [
      capital(modelOf(spec)),
      `${list(at(spec, 'model.options.filters'))} filters`,
      dense ? `dense ${dense}` : 'no dense layer',
      `${text(spec, 'model.options.padding')} padding`,
    ].join(' · ')
  },
  optimiser: (spec: Spec): string =>
    `${optimizerTitle(text(spec, 'optimizer.name'))} · learning rate ${text(spec, 'optimizer.learning_rate')}`,
  training: (spec: Spec): string =>
    `${text(spec, 'epochs')} epochs · batch ${text(spec, 'batch_size')} · seed ${text(spec, 'seed')}`,
  callbacks: (spec: Spec): string =>
    [
      `keep the best by ${monitorTitle(monitorOf(spec))}`,
      at(spec, 'callbacks.terminate_on_nan')
        ? 'end when the loss is not a number'
        : 'go on when the loss is not a number',
    ].join(' · '),
}

/** All of a spec as lines of a definition list, `null` left out: `["optimizer.learning_rate", "0.001"]`. */
export function flat(spec: Spec, prefix = ''): [string, string][] {
  return Object.entries(spec).flatMap(([key, value]): [string, string][] => {
    const path = prefix + key
    if (value === null) return []
    if (typeof value === 'object' && !Array.isArray(value)) return flat(value, `${path}.`)
    return [[path, list(value)]]
  })
}
