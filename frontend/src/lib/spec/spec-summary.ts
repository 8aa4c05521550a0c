/** Summarizes a spec as text: one line per section of the form, and the subtitle of a run. */

import { capital, count, ordinal, plural, shortened } from '../text/format'
import { valueAt, choiceTitle, datasetOf, datasetTitle, isObject, modelForm, modelOf, modelTitle, monitorOf, monitorTitle, optimizerTitle } from './spec'
import type { Json, Row, Spec } from '../api/types'

const DEFAULT_LOSS = 'sparse_categorical_crossentropy' // a summary names only another loss

const text = (spec: Spec, path: string): string => String(valueAt(spec, path) ?? '')
const number = (spec: Spec, path: string): number => Number(valueAt(spec, path) ?? 0)
const listOf = (value: Json | undefined): string => (Array.isArray(value) ? value.join(', ') : String(value ?? ''))
const joined = (parts: (string | false | null | undefined)[]): string => parts.filter(Boolean).join(' · ')

/** Returns the parts of a run's subtitle: dataset, model, parameters, optimizer, batch size and seed. */
export function headline(spec: Spec, parameters: number | null): string[] {
  return [
    shortened(datasetOf(spec)),
    modelOf(spec),
    ...(parameters === null ? [] : [`${count(parameters)} parameters`]),
    `${optimizerTitle(text(spec, 'optimizer.name'))} ${text(spec, 'optimizer.learning_rate')}`,
    ...(valueAt(spec, 'augmentation') ? ['augmentation'] : []),
    `batch size ${text(spec, 'batch_size')}`,
    `seed ${text(spec, 'seed')}`,
  ]
}

/** Returns the dataset and the model of a row. */
export const rowHeadline = ({ dataset, model }: Pick<Row, 'dataset' | 'model'>): string => `${shortened(datasetTitle(dataset))} · ${modelTitle(model)}`

function data(spec: Spec): string {
  const limits = [limited(spec, 'train_limit', 'training'), limited(spec, 'test_limit', 'test')].filter(Boolean)
  const scaling = text(spec, 'preprocessing.scaling') || 'unit'
  return joined([
    datasetOf(spec),
    limits.length ? limits.join(', ') : 'all images',
    validation(spec),
    `pixels ${choiceTitle('preprocessing.scaling', scaling)}`,
  ])
}

function validation(spec: Spec): string {
  const from = text(spec, 'dataset.validation.from')
  if (from !== 'train') return `validation on the ${from === 'validation' ? 'validation' : 'test'} split`
  return `validation on ${share(number(spec, 'dataset.validation.fraction'))} of the training images`
}

function limited(spec: Spec, key: string, kind: string): string {
  const value = valueAt(spec, `dataset.${key}`)
  return typeof value === 'number' ? `the first ${count(value)} ${kind} images` : ''
}

const share = (value: number): string => `${Number((value * 100).toFixed(1))}%`

function model(spec: Spec): string {
  return joined([network(spec), valueAt(spec, 'init') ? "initial weights from another run" : ''])
}

function network(spec: Spec): string {
  const form = modelForm(spec)
  if (form === 'layers') return joined(['List of layers', counted(valueAt(spec, 'model.layers'))])
  if (form === 'keras') return joined(['Keras model', counted(valueAt(spec, 'model.keras.config.layers') ?? valueAt(spec, 'model.keras.config'))])
  if (valueAt(spec, 'model.backbone') !== undefined) return backbone(spec)
  const option = (name: string): Json | undefined => valueAt(spec, `model.options.${name}`)
  const dense = listOf(option('dense_units'))
  return joined([
    capital(modelOf(spec)),
    `${convolutions(option('filters') ?? option('blocks'))} filters`,
    option('batch_normalization') === true && 'batch normalization',
    dense ? `dense ${dense}` : 'no dense layer',
    dropouts(spec),
    ...['l1', 'l2'].map((name) => Number(option(name) ?? 0) > 0 && `${name.toUpperCase()} ${option(name)}`),
  ])
}

const TRAINED_PARTS: Record<string, string> = { head: 'only its head is trained', last_blocks: 'head, then its last blocks are trained', all: 'head, then all of it is trained' }

function backbone(spec: Spec): string {
  const trained = text(spec, 'model.options.train') || 'head'
  const dense = listOf(valueAt(spec, 'model.options.dense_units'))
  const weights = valueAt(spec, 'init') ? '' : 'weights from ImageNet'
  return joined([modelOf(spec), weights, `${text(spec, 'model.options.input_size')} px`, TRAINED_PARTS[trained], dense && `dense ${dense}`])
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

const AUGMENTATIONS: [string, (value: number) => string][] = [
  ['width_shift', (value) => `width shift ${value}`],
  ['height_shift', (value) => `height shift ${value}`],
  ['rotation', (value) => `rotation ${value}°`],
  ['zoom', (value) => `zoom ${value}`],
  ['brightness', (value) => `brightness ${value}`],
  ['contrast', (value) => `contrast ${value}`],
  ['cutout', (value) => `cutout ${value}`],
]

function augmentation(spec: Spec): string {
  if (!isObject(valueAt(spec, 'augmentation'))) return 'none'
  const value = (name: string): number => number(spec, `augmentation.${name}`)
  const words = [
    ...AUGMENTATIONS.flatMap(([name, describe]) => (value(name) ? [describe(value(name))] : [])),
    ...(valueAt(spec, 'augmentation.horizontal_flip') ? ['horizontal flip'] : []),
    ...(valueAt(spec, 'augmentation.vertical_flip') ? ['vertical flip'] : []),
  ]
  return words.length ? words.join(' · ') : 'on, but all values are 0'
}

function optimizer(spec: Spec): string {
  const momentum = number(spec, 'optimizer.momentum')
  return joined([
    optimizerTitle(text(spec, 'optimizer.name')),
    `learning rate ${text(spec, 'optimizer.learning_rate')}`,
    momentum > 0 && `${valueAt(spec, 'optimizer.nesterov') ? 'Nesterov momentum' : 'momentum'} ${momentum}`,
    schedule(spec),
    loss(spec),
    weights(valueAt(spec, 'class_weights')),
  ])
}

function schedule(spec: Spec): string {
  const name = text(spec, 'optimizer.schedule.name')
  if (!name) return 'constant rate'
  const warmUp = number(spec, 'optimizer.schedule.warmup_epochs')
  const words: Record<string, string> = {
    constant: 'constant rate',
    step: `× ${text(spec, 'optimizer.schedule.factor')} every ${text(spec, 'optimizer.schedule.every')} epochs`,
    cosine: 'cosine schedule',
    exponential: `× ${text(spec, 'optimizer.schedule.decay_rate')} each epoch`,
  }
  return [words[name] ?? name, ...(warmUp ? [`${plural(warmUp, 'epoch')} of warm-up`] : [])].join(' after ')
}

function loss(spec: Spec): string {
  const name = text(spec, 'loss.name')
  const smoothing = number(spec, 'loss.label_smoothing')
  if (!name || name === DEFAULT_LOSS) return ''
  const title = choiceTitle('loss.name', name).toLowerCase()
  return smoothing ? `${title}, label smoothing ${smoothing}` : title
}

function weights(value: Json | undefined): string {
  if (value === 'balanced') return 'balanced class weights'
  return isObject(value) ? 'class weights' : ''
}

/** Says nothing of fields with errors, whose values may be no numbers. */
function training(spec: Spec, errors: Record<string, string> = {}): string {
  const isValid = (path: string): boolean => !(path in errors)
  return joined([
    isValid('epochs') && plural(number(spec, 'epochs'), 'epoch'),
    isValid('batch_size') && `batch size ${text(spec, 'batch_size')}`,
    isValid('seed') && `seed ${text(spec, 'seed')}`,
    text(spec, 'precision') || 'float32',
  ])
}

function callbacks(spec: Spec): string {
  const every = valueAt(spec, 'callbacks.checkpoint.every')
  return joined([
    `checkpoint of the best ${monitorTitle(monitorOf(spec))}${typeof every === 'number' ? ` and of every ${ordinal(every)} epoch` : ''}`,
    earlyStopping(spec),
    plateau(spec),
    valueAt(spec, 'callbacks.terminate_on_nan') === false && 'continue when the loss is NaN',
  ])
}

function earlyStopping(spec: Spec): string {
  if (!isObject(valueAt(spec, 'callbacks.early_stopping'))) return 'no early stopping'
  const monitor = monitorTitle(text(spec, 'callbacks.early_stopping.monitor'))
  const restores = valueAt(spec, 'callbacks.early_stopping.restore_best_weights') === true
  const patience = plural(number(spec, 'callbacks.early_stopping.patience'), 'epoch')
  return `early stopping after ${patience} without a better ${monitor}${restores ? ', restores the best weights' : ''}`
}

function plateau(spec: Spec): string {
  if (!isObject(valueAt(spec, 'callbacks.reduce_lr'))) return ''
  const patience = plural(number(spec, 'callbacks.reduce_lr.patience'), 'epoch')
  return `learning rate × ${text(spec, 'callbacks.reduce_lr.factor')} after ${patience} without a better ${monitorTitle(text(spec, 'callbacks.reduce_lr.monitor'))}`
}

/** One summary for each section of the form. */
export const summaries = { data, model, augmentation, optimizer, training, callbacks }
