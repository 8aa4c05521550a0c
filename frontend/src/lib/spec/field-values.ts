/** Converts a field between text and value, and checks a value against its limits. */

import { count, plural } from '../text/format'
import type { Json, Limit } from '../api/types'

/** Formats a value for a text field; nested lists are separated by bars: "32, 32 | 64". */
export function formatValue(value: Json | undefined): string {
  if (value == null) return ''
  if (!Array.isArray(value)) return typeof value === 'object' ? JSON.stringify(value) : String(value)
  return value.some(Array.isArray) ? value.map(formatValue).join(' | ') : value.join(', ')
}

/** Parses typed text. Text that is not a valid value stays text, for which `valueError` returns a message. */
export function parseValue(limit: Limit, typed: string): Json {
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

/** Returns what to enter in place of a value that is not allowed. Null for an allowed value. */
export function valueError(limit: Limit, value: Json | undefined): string | null {
  if (limit.type === 'part') return null
  if (limit.type === 'list') return listError(limit, value)
  if (value == null || value === '') return limit.nullable ? null : 'Enter a value'
  if (limit.choices)
    return limit.choices.includes(value as string) ? null : `Choose one of ${limit.choices.join(', ')}`
  if (limit.type === 'integer' || limit.type === 'number') return numberError(limit, value)
  return null
}

function numberError(limit: Limit, value: Json): string | null {
  const whole = limit.type === 'integer'
  const isNumber = whole ? Number.isInteger(value) : Number.isFinite(value)
  if (isNumber && isInside(limit, value as number)) return null
  return ['Enter', whole ? 'a whole number' : 'a number', rangePhrase(limit)].filter(Boolean).join(' ')
}

function isInside(limit: Limit, value: number): boolean {
  if (limit.minimum != null && value < limit.minimum) return false
  if (limit.exclusive_minimum != null && value <= limit.exclusive_minimum) return false
  if (limit.maximum != null && value > limit.maximum) return false
  return limit.exclusive_maximum == null || value < limit.exclusive_maximum
}

function listError(limit: Limit, value: Json | undefined): string | null {
  const { items, min_length, max_length } = limit
  if (!Array.isArray(value)) return 'Enter numbers separated by commas'
  if (min_length != null && value.length < min_length) return `Enter at least ${plural(min_length, 'value')}`
  if (max_length != null && value.length > max_length) return `Enter at most ${plural(max_length, 'value')}`
  const reasons = items ? value.map((item) => valueError(items, item)) : []
  return reasons.find((reason) => reason !== null) ?? null
}

/** Describes the range of a number: "1 to 10,000", "above 0, at most 10". */
export function allowedRange(limit: Limit): string {
  const low = limit.minimum != null ? formatBound(limit.minimum) : null
  const above = limit.exclusive_minimum != null ? `above ${formatBound(limit.exclusive_minimum)}` : null
  const high = limit.maximum != null ? formatBound(limit.maximum) : null
  const below = limit.exclusive_maximum != null ? `below ${formatBound(limit.exclusive_maximum)}` : null
  if (low !== null && high !== null) return `${low} to ${high}`
  const lower = low !== null ? `at least ${low}` : above
  const upper = high !== null ? `at most ${high}` : below
  return [lower, upper].filter(Boolean).join(', ')
}

/** The range inside a sentence: "from 1 to 10,000", "above 0 and at most 10". */
function rangePhrase(limit: Limit): string {
  const range = allowedRange(limit).replace(', ', ' and ')
  if (limit.minimum == null) return range
  return limit.maximum == null ? `of ${range}` : `from ${range}`
}

const formatBound = (value: number): string => (Number.isInteger(value) ? count(value) : String(value))
