/** What a study tries for one field: a list of values, or a range. As typed, and as the request has it. */

import { equal } from '../../spec/equal'
import { formatValue, parseValue, valueError } from '../../spec/field-values'
import { choiceText } from '../../studies/scale'
import type { Json, Limit } from '../../api/types'
import type { Range } from '../../api/study-types'

export interface VariedText {
  form: 'list' | 'range'
  /** Values separated by commas; those of a list field by semicolons. */
  list: string
  low: string
  high: string
  log: boolean
  step: string
  /** Chosen values of a field that has choices. */
  choices: Json[]
}

export type Varied = { values: Json[] | Range; error: '' } | { values: null; error: string }

/** A study has seeds of its own. */
const FIXED = ['seed']

export const canVary = (path: string, limit: Limit | undefined): limit is Limit =>
  limit !== undefined && limit.type !== 'part' && !FIXED.includes(path) && (limit.type !== 'string' || !!limit.choices)

export const isNumber = ({ type }: Limit): boolean => type === 'integer' || type === 'number'

/** Returns the values that a field with choices offers; null for other fields. */
export function choicesToVary(limit: Limit): Json[] | null {
  if (limit.type === 'boolean') return [false, true]
  if (!limit.choices) return null
  return limit.nullable ? [null, ...limit.choices] : limit.choices
}

/** With more choices than these only the present one is ticked to begin with. */
const MAX_TICKED = 6

/** Returns what is suggested when a field is ticked: its value for a list, and a range around it. */
export function suggested(limit: Limit, value: Json | undefined): VariedText {
  const { low, high, log } = rangeAround(limit, typeof value === 'number' ? value : Number(limit.default ?? 0))
  const choices = choicesToVary(limit) ?? []
  const ticked = choices.length > MAX_TICKED && value !== undefined ? [value] : choices
  return { form: 'list', list: formatValue(value), low: String(low), high: String(high), log, step: '', choices: ticked }
}

/** A share keeps its limits; a positive number gets a tenth to ten times of it, as logarithms. */
function rangeAround(limit: Limit, value: number): Required<Pick<Range, 'low' | 'high'>> & { log: boolean } {
  const maximum = limit.maximum ?? limit.exclusive_maximum ?? Infinity
  if (limit.exclusive_minimum === 0 && value > 0) return { low: value / 10, high: Math.min(value * 10, maximum), log: true }
  if (maximum <= 1) return { low: 0, high: maximum / 2, log: false }
  const low = Math.max(limit.minimum ?? 0, limit.type === 'integer' ? Math.floor(value / 2) : value / 2)
  return { low, high: Math.min(Math.max(value * 2, low + 1), maximum), log: false }
}

/** Returns the values of a request, or what is wrong with the text. Only random and TPE draw from ranges. */
export function variedOf(limit: Limit, text: VariedText, takesRange: boolean): Varied {
  const choices = choicesToVary(limit)
  if (choices) return listOf(limit, choices.filter((choice) => text.choices.includes(choice)))
  return text.form === 'range' && takesRange && isNumber(limit) ? rangeOf(limit, text) : listOf(limit, parsed(limit, text.list))
}

function parsed(limit: Limit, list: string): Json[] {
  const parts = list.split(limit.type === 'list' ? ';' : ',').map((part) => part.trim())
  return parts.filter(Boolean).map((part) => parseValue(limit, part))
}

function listOf(limit: Limit, values: Json[]): Varied {
  const wrong = values.map((value) => valueError(limit, value)).find((error) => error !== null)
  const twice = values.find((value, at) => values.slice(0, at).some((other) => equal(other, value)))
  if (wrong) return failed(wrong)
  if (twice !== undefined) return failed(`${choiceText(twice)} is given twice`)
  const separator = limit.type === 'list' ? 'semicolons' : 'commas'
  if (values.length < 2) return failed(choicesToVary(limit) ? 'Choose at least two' : `Enter at least two values, separated by ${separator}`)
  return { values, error: '' }
}

function rangeOf(limit: Limit, { low: lowText, high: highText, log, step: stepText }: VariedText): Varied {
  const [low, high] = [parseValue(limit, lowText), parseValue(limit, highText)]
  const wrong = valueError({ ...limit, nullable: false }, low) ?? valueError({ ...limit, nullable: false }, high)
  if (wrong) return failed(`${wrong} at both ends`)
  if (low! >= high!) return failed('The low end must be below the high end')
  if (log && Number(low) <= 0) return failed('A logarithmic range must begin above 0')
  const step = stepText.trim() === '' || log ? null : Number(stepText)
  if (step !== null && !(step > 0 && step <= Number(high) - Number(low))) return failed('The step must be above 0 and within the range')
  return { values: { low: Number(low), high: Number(high), ...(log ? { log } : {}), ...(step === null ? {} : { step }) }, error: '' }
}

const failed = (error: string): Varied => ({ values: null, error })

/** "32, 64 and 128", "0.0001 to 0.01, log", "0 to 0.5 in steps of 0.1". */
export function variedText(values: Json[] | Range): string {
  if (Array.isArray(values)) return values.map(choiceText).join(values.some(Array.isArray) ? '; ' : ', ')
  const { low, high, log, step } = values
  return `${low} to ${high}${log ? ', log' : step ? ` in steps of ${step}` : ''}`
}
