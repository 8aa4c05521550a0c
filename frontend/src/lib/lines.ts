/** What a spec says in the words of a person: the line of each section of the form, and the head line of a run. */

import { capital, count, ordinal, plural } from './format'
import { at, choiceTitle, datasetOf, isFromTrain, isObject, modelForm, modelOf, monitorOf, monitorTitle, optimizerTitle } from './spec'
import type { Json, Spec } from './types'

const text = (spec: Spec, path: string): string => String(at(spec, path) ?? '')
const number = (spec: Spec, path: string): number => Number(at(spec, path) ?? 0)
const listOf = (value: Json | undefined): string => (Array.isArray(value) ? value.join(', ') : String(value ?? ''))
const joined = (parts: (string | false | null | undefined)[]): string => parts.filter(Boolean).join(' · ')

/** The head line of a run: data set, model, parameters, optimiser, batch and seed. */
export function headline(spec: Spec, parameters: number | null): string[] {
  return [
    datasetOf(spec),
    modelOf(spec),
    ...(parameters === null ? [] : [`${count(parameters)} parameters`]),
    `${optimizerTitle(text(spec, 'optimizer.name'))} ${text(spec, 'optimizer.learning_rate')}`,
    ...(at(spec, 'augmentation') ? ['augmented'] : []),
    `batch ${text(spec, 'batch_size')}`,
    `seed ${text(spec, 'seed')}`,
  ]
}

function data(spec: Spec): string {
  const limits = [limited(spec, 'train_limit', 'training'), limited(spec, 'test_limit', 'test')].filter(Boolean)
  const scaling = text(spec, 'preprocessing.scaling') || 'unit'
  return joined([
    datasetOf(spec),
    limits.length ? limits.join(', ') : 'all images',
    isFromTrain(spec)
      ? `validated on ${share(number(spec, 'dataset.validation.fraction'))} of the training images`
      : 'validated on the test split',
    `pixels ${choiceTitle('preprocessing.scaling', scaling)}`,
  ])
}

function limited(spec: Spec, key: string, kind: string): string {
  const value = at(spec, `dataset.${key}`)
  return typeof value === 'number' ? `the first ${count(value)} ${kind} images` : ''
}

const share = (value: number): string => `${Number((value * 100).toFixed(1))}%`

function model(spec: Spec): string {
  return joined([network(spec), at(spec, 'init') ? "begins with another run's weights" : ''])
}

function network(spec: Spec): string {
  const form = modelForm(spec)
  if (form === 'layers') return joined(['List of layers', counted(at(spec, 'model.layers'))])
  if (form === 'keras') return joined(['Keras model', counted(at(spec, 'model.keras.config.layers'))])
  const option = (name: string): Json | undefined => at(spec, `model.options.${name}`)
  const dense = listOf(option('dense_units'))
  return joined([
    capital(modelOf(spec)),
    `${convolutions(option('filters') ?? option('blocks'))} filters`,
    option('batch_normalization') === true && 'batch normalisation',
    dense ? `dense ${dense}` : 'no dense layer',
    dropouts(spec),
    ...['l1', 'l2'].map((name) => Number(option(name) ?? 0) > 0 && `${name.toUpperCase()} ${option(name)}`),
  ])
}

const counted = (layers: Json | undefined): string => (Array.isArray(layers) ? plural(layers.length, 'layer') : '')

function convolutions(value: Json | undefined): string {
  return Array.isArray(value) && value.some(Array.isArray) ? value.map(listOf).join(' | ') : listOf(value)
}

function dropouts(spec: Spec): string {
  const rates = ['block_dropout', 'flatten_dropout', 'dense_dropout'].map((name) => number(spec, `model.options.${name}`))
  const used = rates.filter((rate) => rate > 0)
  return used.length ? `dropout ${used.join(', ')}` : ''
}

const VARIED: [string, (value: number) => string][] = [
  ['width_shift', (value) => `sideways ${value}`],
  ['height_shift', (value) => `up and down ${value}`],
  ['rotation', (value) => `rotated ${value}°`],
  ['zoom', (value) => `zoom ${value}`],
  ['brightness', (value) => `brightness ${value}`],
  ['contrast', (value) => `contrast ${value}`],
  ['cutout', (value) => `cutout ${value}`],
]

function augmentation(spec: Spec): string {
  if (!isObject(at(spec, 'augmentation'))) return 'images as they are'
  const value = (name: string): number => number(spec, `augmentation.${name}`)
  const words = [
    ...VARIED.flatMap(([name, say]) => (value(name) ? [say(value(name))] : [])),
    ...(at(spec, 'augmentation.horizontal_flip') ? ['mirrored left and right'] : []),
    ...(at(spec, 'augmentation.vertical_flip') ? ['mirrored top and bottom'] : []),
  ]
  return words.length ? words.join(' · ') : 'on, but nothing is varied yet'
}

function optimiser(spec: Spec): string {
  const momentum = number(spec, 'optimizer.momentum')
  return joined([
    optimizerTitle(text(spec, 'optimizer.name')),
    `learning rate ${text(spec, 'optimizer.learning_rate')}`,
    momentum > 0 && `${at(spec, 'optimizer.nesterov') ? 'Nesterov momentum' : 'momentum'} ${momentum}`,
    schedule(spec),
    loss(spec),
    weights(at(spec, 'class_weights')),
  ])
}

function schedule(spec: Spec): string {
  const name = text(spec, 'optimizer.schedule.name')
  if (!name) return 'constant'
  const warmUp = number(spec, 'optimizer.schedule.warmup_epochs')
  const words: Record<string, string> = {
    constant: 'constant',
    step: `× ${text(spec, 'optimizer.schedule.factor')} every ${text(spec, 'optimizer.schedule.every')} epochs`,
    cosine: 'cosine',
    exponential: `× ${text(spec, 'optimizer.schedule.decay_rate')} each epoch`,
  }
  return [words[name] ?? name, ...(warmUp ? [`${plural(warmUp, 'epoch')} of warm-up`] : [])].join(' after ')
}

function loss(spec: Spec): string {
  const smoothing = number(spec, 'loss.label_smoothing')
  if (text(spec, 'loss.name') !== 'categorical_crossentropy') return ''
  return smoothing ? `categorical cross-entropy, labels smoothed by ${smoothing}` : 'categorical cross-entropy'
}

function weights(value: Json | undefined): string {
  if (value === 'balanced') return 'classes balanced'
  return isObject(value) ? 'classes weighted' : ''
}

function training(spec: Spec): string {
  const precision = text(spec, 'precision') || 'float32'
  return joined([
    plural(number(spec, 'epochs'), 'epoch'),
    `batch ${text(spec, 'batch_size')}`,
    `seed ${text(spec, 'seed')}`,
    precision,
  ])
}

function callbacks(spec: Spec): string {
  const every = at(spec, 'callbacks.checkpoint.every')
  return joined([
    `keep the best by ${monitorTitle(monitorOf(spec))}${typeof every === 'number' ? ` and each ${ordinal(every)} epoch` : ''}`,
    earlyStopping(spec),
    plateau(spec),
    at(spec, 'callbacks.terminate_on_nan') === false && 'go on when the loss is not a number',
  ])
}

function earlyStopping(spec: Spec): string {
  if (!isObject(at(spec, 'callbacks.early_stopping'))) return 'no early stop'
  const monitor = monitorTitle(text(spec, 'callbacks.early_stopping.monitor'))
  const restores = at(spec, 'callbacks.early_stopping.restore_best_weights') === true
  const patience = plural(number(spec, 'callbacks.early_stopping.patience'), 'epoch')
  return `stop after ${patience} without a better ${monitor}${restores ? ', best weights restored' : ''}`
}

function plateau(spec: Spec): string {
  if (!isObject(at(spec, 'callbacks.reduce_lr'))) return ''
  const patience = plural(number(spec, 'callbacks.reduce_lr.patience'), 'epoch')
  return `rate × ${text(spec, 'callbacks.reduce_lr.factor')} after ${patience} without a better ${monitorTitle(text(spec, 'callbacks.reduce_lr.monitor'))}`
}

/** The line of each section of a spec. */
export const lines = { data, model, augmentation, optimiser, training, callbacks }
