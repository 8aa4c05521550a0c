/** Fields of the form: text to values and back, and whether a value is allowed. */

import { count } from './format'
import type { Json, Limit } from './types'

/** A value as a field shows it; lists in a list are kept apart by bars. */
export function shown(value: Json | undefined): string {
  if (value == null) return ''
  if (!Array.isArray(value)) return typeof value === 'object' ? JSON.stringify(value) : String(value)
  return value.some(Array.isArray) ? value.map(shown).join(' | ') : value.join(', ')
}

/** What was typed, as a value; text that can't be one stays text, and `wrong` says so. */
export function parsed(limit: Limit, typed: string): Json {
  const text = typed.trim()
  if (limit.type === 'string') return text
  if (limit.type === 'list') return parsedList(limit, text)
  if (text === '') return null
  return numberOr(text)
}

function parsedList(limit: Limit, text: string): Json {
  if (text === '') return []
  if (limit.items?.type === 'list') return text.split('|').map((part) => parsedList(limit.items!, part.trim()))
  return text
    .split(/[\s,]+/)
    .filter(Boolean)
    .map(numberOr)
}

function numberOr(text: string): number | string {
  const value = Number(text)
  return Number.isFinite(value) && text !== '' ? value : text
}

/** Why a value is not allowed: what is, and what was given. Null when it is. */
export function wrong(limit: Limit, value: Json | undefined): string | null {
  if (limit.type === 'part') return null
  if (limit.type === 'list') return wrongList(limit, value)
  if (value == null || value === '') return limit.nullable ? null : 'needs a value'
  if (limit.choices)
    return limit.choices.includes(value as string)
      ? null
      : `one of ${limit.choices.join(', ')}: you gave ${shown(value)}`
  if (limit.type === 'integer' || limit.type === 'number') return wrongNumber(limit, value)
  return null
}

function wrongNumber(limit: Limit, value: Json): string | null {
  const whole = limit.type === 'integer'
  const kind = whole ? 'a whole number' : 'a number'
  if (typeof value !== 'number' || (whole && !Number.isInteger(value))) return `${kind}: you gave ${shown(value)}`
  return isInside(limit, value) ? null : `${allowed(limit)}: you gave ${shown(value)}`
}

function isInside(limit: Limit, value: number): boolean {
  if (limit.minimum != null && value < limit.minimum) return false
  if (limit.exclusive_minimum != null && value <= limit.exclusive_minimum) return false
  if (limit.maximum != null && value > limit.maximum) return false
  return limit.exclusive_maximum == null || value < limit.exclusive_maximum
}

function wrongList(limit: Limit, value: Json | undefined): string | null {
  const { items, min_length, max_length } = limit
  if (!Array.isArray(value)) return 'numbers with commas between them'
  if (min_length != null && value.length < min_length) return `at least ${min_length}`
  if (max_length != null && value.length > max_length) return `at most ${max_length}: you gave ${value.length}`
  const reasons = items ? value.map((item) => wrong(items, item)) : []
  return reasons.find((reason) => reason !== null) ?? null
}

/** The range of a number in words: "1 to 10,000", "above 0, at most 10". */
export function allowed(limit: Limit): string {
  const low = limit.minimum != null ? count0(limit.minimum) : null
  const above = limit.exclusive_minimum != null ? `above ${count0(limit.exclusive_minimum)}` : null
  const high = limit.maximum != null ? count0(limit.maximum) : null
  const below = limit.exclusive_maximum != null ? `below ${count0(limit.exclusive_maximum)}` : null
  if (low !== null && high !== null) return `${low} to ${high}`
  const lower = low !== null ? `at least ${low}` : above
  const upper = high !== null ? `at most ${high}` : below
  return [lower, upper].filter(Boolean).join(', ')
}

const count0 = (value: number): string => (Number.isInteger(value) ? count(value) : String(value))

/** "digits, Learning rate" as tags: words between commas, without repeats. */
export function tagsOf(text: string): string[] {
  return [
    ...new Set(
      text
        .split(',')
        .map((tag) => tag.trim())
        .filter(Boolean),
    ),
  ]
}
