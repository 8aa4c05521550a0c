/** Lists the differences between two specs, one entry per changed path. */

import { equal } from './equal'
import { formatValue } from './field-values'
import { fieldTitle } from './field-title'
import { choiceTitle, isObject } from './spec'
import type { Json, Spec } from '../api/types'

export interface Difference {
  path: string
  title: string
  before: string
  after: string
}

export function differences(before: Spec, after: Spec): Difference[] {
  return changed('', before, after)
}

function changed(path: string, before: Json, after: Json): Difference[] {
  if (equal(before, after)) return []
  if (isObject(before) && isObject(after)) return inside(path, before, after)
  return [{ path, title: fieldTitle(path), before: valueText(path, before), after: valueText(path, after) }]
}

function inside(path: string, before: Spec, after: Spec): Difference[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])]
  return keys.flatMap((key) => changed(path ? `${path}.${key}` : key, before[key] ?? null, after[key] ?? null))
}

export function valueText(path: string, value: Json): string {
  if (path === 'init') return value === null ? 'not from another run' : 'from another run'
  if (value === null || value === '') return 'none'
  if (typeof value === 'boolean') return value ? 'on' : 'off'
  if (isObject(value)) return String(value.name ?? 'on')
  if (Array.isArray(value) && value.some(isObject)) return `${value.length} layers`
  return choiceTitle(path, formatValue(value))
}
