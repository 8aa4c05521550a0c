/** A whole spec as the sections of the form, each with its line and all of its values. */

import { shown } from './form'
import { capital } from './format'
import { lines } from './lines'
import { isObject } from './spec'
import type { Json, Spec } from './types'

export interface Group {
  title: string
  line: string
  values: [string, string][]
}

const PARTS: [keyof typeof lines, string[]][] = [
  ['data', ['dataset', 'preprocessing']],
  ['model', ['model', 'init']],
  ['augmentation', ['augmentation']],
  ['optimiser', ['optimizer', 'loss', 'class_weights']],
  ['training', ['epochs', 'batch_size', 'seed', 'precision']],
  ['callbacks', ['callbacks']],
]

export function groups(spec: Spec): Group[] {
  return PARTS.map(([name, keys]) => ({
    title: capital(name),
    line: lines[name](spec),
    values: keys.flatMap((key) => flat(key, spec[key] ?? null, keys.length === 1 ? `${key}.` : '')),
  }))
}

/** `["learning_rate", "0.001"]` for each value, `null` left out; a list of layers is told by its table. What all values
 * of a section have before them, `prefix`, is not said again. */
function flat(path: string, value: Json, prefix: string): [string, string][] {
  if (value === null || path === 'model.layers' || path === 'model.keras') return []
  if (!isObject(value)) return [[path.slice(prefix.length), shown(value)]]
  return Object.entries(value).flatMap(([key, part]) => flat(`${path}.${key}`, part, prefix))
}
