/** Groups a spec by the sections of the form, each with its summary and all of its values. */

import { formatValue } from './field-values'
import { capital } from '../text/format'
import { summaries } from './spec-summary'
import { isObject } from './spec'
import type { Json, Spec } from '../api/types'

export interface SpecSection {
  title: string
  summary: string
  values: [string, string][]
}

const PARTS: [keyof typeof summaries, string[]][] = [
  ['data', ['dataset', 'preprocessing']],
  ['model', ['model', 'init']],
  ['augmentation', ['augmentation']],
  ['optimizer', ['optimizer', 'loss', 'class_weights']],
  ['training', ['epochs', 'batch_size', 'seed', 'precision']],
  ['callbacks', ['callbacks']],
]

export function specSections(spec: Spec): SpecSection[] {
  return PARTS.map(([name, keys]) => ({
    title: capital(name),
    summary: summaries[name](spec),
    values: keys.flatMap((key) => flat(key, spec[key] ?? null, keys.length === 1 ? `${key}.` : '')),
  }))
}

/** `["learning_rate", "0.001"]` for each value, `null` left out; layers are shown in a table of their own.
 * `prefix`, which all values of a section begin with, is left out. */
function flat(path: string, value: Json, prefix: string): [string, string][] {
  if (value === null || path === 'model.layers' || path === 'model.keras') return []
  if (!isObject(value)) return [[path.slice(prefix.length), formatValue(value)]]
  return Object.entries(value).flatMap(([key, part]) => flat(`${path}.${key}`, part, prefix))
}
