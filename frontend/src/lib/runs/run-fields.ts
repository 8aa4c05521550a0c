/** Fields of runs: what the columns, filters and groups of the table are called, and their values as text. */

import { fieldTitle as specTitle } from '../spec/field-title'
import { formatValue } from '../spec/field-values'
import { choiceTitle, monitorTitle } from '../spec/spec'
import { studyNames } from './study-names.svelte'
import { statusTitle } from './status/run-status'
import { capital, count, duration, metric, NONE } from '../text/format'
import { intervalNote } from '../text/interval'
import type { RunField, RunState, Json, Status } from '../api/types'

const TITLES: Record<string, string> = {
  name: 'Name',
  status: 'Status',
  dataset: 'Dataset',
  model: 'Model',
  epoch: 'Epoch',
  parameters: 'Parameters',
  created_at: 'Launched',
  started_at: 'Started',
  finished_at: 'Ended',
  tag: 'Tag',
  study: 'Study',
  seconds: 'Duration',
  'best.epoch': 'At epoch',
  'best.monitor': 'Best by',
  'dataset.name': 'Dataset name',
}
const METRIC = /^(best|last|test)\.(.+)$/

/** Words for a metric that fit a column's head. */
const SHORT: Record<string, string> = { val_accuracy: 'val. accuracy', val_loss: 'val. loss', val_macro_f1: 'val. macro F1' }

/** The title of a field; one that the server does not list is named by its path. */
export function fieldTitle(path: string, field?: RunField): string {
  if (path in TITLES) return TITLES[path]!
  const [, stage, name] = METRIC.exec(path) ?? []
  if (stage === 'best' && name) return capital(`${SHORT[name] ?? monitorTitle(name)} at best`) // at the epoch of the best loss, for example
  if (stage && name) return capital(`${stage} ${SHORT[name] ?? (stage === 'test' ? name.replaceAll('_', ' ') : monitorTitle(name))}`)
  return field && field.group !== 'spec' ? field.title : specTitle(path)
}

export const isTime = (path: string): boolean => path.endsWith('_at')
export const isMetric = (path: string): boolean => METRIC.test(path) && path !== 'best.epoch' && path !== 'best.monitor'
export const isNumber = (path: string, field?: RunField): boolean =>
  field ? field.kind === 'number' || field.kind === 'time' : isMetric(path) || isTime(path) || ['epoch', 'parameters', 'seconds', 'best.epoch'].includes(path)

const ACCURACIES: Record<string, 'validation_images' | 'test_images'> = { 'best.val_accuracy': 'validation_images', 'last.val_accuracy': 'validation_images', 'test.accuracy': 'test_images' }

/** The interval of an accuracy; empty for other fields, and where the number of images is not known. */
export function fieldInterval(path: string, value: Json | undefined, run: RunState): string {
  return path in ACCURACIES && typeof value === 'number' ? intervalNote(value, run[ACCURACIES[path]!]) : ''
}

/** A value as the table, chips and choices show it. Times are shown with the clock by their own cell. */
export function fieldText(path: string, value: Json | undefined): string {
  if (value == null) return METRIC.test(path) || isTime(path) || path === 'seconds' || path === 'parameters' ? NONE : 'not set'
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (typeof value === 'number') return numberText(path, value)
  return typeof value === 'string' ? nameText(path, value) : formatValue(value)
}

/** Metrics that are neither a share nor a loss. */
const PLAIN = ['learning_rate', 'epoch']

function numberText(path: string, value: number): string {
  const name = METRIC.exec(path)?.[2]
  if (name === 'seconds' || path === 'seconds') return duration(value)
  if (name && !PLAIN.includes(name)) return metric(name, value)
  return path === 'parameters' ? count(value) : String(Number(value.toPrecision(6)))
}

function nameText(path: string, name: string): string {
  if (isTime(path)) return new Date(name).toLocaleDateString()
  if (path === 'status') return statusTitle(name as Status)
  return path === 'study' ? studyNames.of(name) : choiceTitle(path, name)
}
