/** Filters of the table, each a condition on one field, as text of the address and as words of a chip. */

import type { RunField, Json } from '../../api/types'
import { fieldTitle, fieldText, isTime } from '../../runs/run-fields'
import { plural } from '../../text/format'

const OPERATORS = ['=', '!=', '>=', '<=', '>', '<', '~'] as const
export type Operator = (typeof OPERATORS)[number]

export interface Condition {
  path: string
  operator: Operator
  /** As in the address: `null` for an absent value. */
  value: string
}

const PATTERN = /^([^=!<>~]+)(!=|>=|<=|=|>|<|~)(.*)$/s

/** Parses `optimizer.learning_rate>=0.001`; null for anything else. */
export function parseCondition(text: string): Condition | null {
  const [, path, operator, value] = PATTERN.exec(text) ?? []
  return path === undefined ? null : { path, operator: operator as Operator, value: value! }
}

/** A value of a field as a condition has it; a text that could be read as something else is quoted. */
export function conditionValue(value: Json): string {
  if (typeof value !== 'string') return value !== null && typeof value === 'object' ? JSON.stringify(value) : String(value)
  return value === 'null' || value.startsWith('"') ? JSON.stringify(value) : value
}

export const conditionText = ({ path, operator, value }: Condition): string => `${path}${operator}${value}`

/** The comparisons that a text or a boolean can have. The runs' tags are a list, in which a whole tag is found. */
export function operatorsOf({ kind, path }: RunField): Operator[] {
  if (path === 'tag') return ['=']
  return kind === 'boolean' ? ['=', '!='] : ['=', '!=', '~']
}

/** What the editor of a filter has: a range for numbers and times, values or a text for others. */
export interface FilterDraft {
  operator: Operator
  values: string[]
  text: string
  from: string | number
  to: string | number
}

export function filterDraft(field: RunField, conditions: Condition[]): FilterDraft {
  const valueOf = (operator: Operator): string => conditions.find((condition) => condition.operator === operator)?.value ?? ''
  const operator = conditions[0]?.operator ?? '='
  return {
    operator: operatorsOf(field).includes(operator) ? operator : '=',
    values: conditions.filter((condition) => condition.operator === operator).map(({ value }) => value),
    text: conditions[0]?.value ?? '',
    from: dateOf(valueOf('>=')),
    to: dateOf(valueOf('<=')),
  }
}

/** A time before now is no date, so the inputs of the editor are empty. */
const dateOf = (value: string): string => (agoText(value) === null ? value : '')

/** The conditions of a finished draft; none if it is empty. */
export function editedConditions({ path, kind }: RunField, draft: FilterDraft): Condition[] {
  const condition = (operator: Operator, value: string | number | null): Condition[] =>
    value === null || value === '' ? [] : [{ path, operator, value: String(value) }]
  if (kind === 'number' || kind === 'time') return [...condition('>=', draft.from), ...condition('<=', draft.to)]
  if (path === 'status' && draft.operator === '=') return draft.values.flatMap((value) => condition('=', value))
  return condition(draft.operator, draft.text.trim())
}

const WORDS: Record<Operator, string> = {
  '=': 'is',
  '!=': 'is not',
  '>=': 'at least',
  '<=': 'at most',
  '>': 'above',
  '<': 'below',
  '~': 'contains',
}
const TIME_WORDS: Partial<Record<Operator, string>> = { '>=': 'since', '<=': 'until', '>': 'after', '<': 'before' }

export const operatorWords = (operator: Operator, kind: RunField['kind']): string =>
  (kind === 'time' ? TIME_WORDS[operator] : undefined) ?? WORDS[operator]

/** Times before now that the editor offers, as the server reads them. */
export const RECENT = [
  { value: '-24h', text: '24 hours' },
  { value: '-7d', text: '7 days' },
  { value: '-30d', text: '30 days' },
]

/** "7 days" for -7d, "1 hour" for -1h; null for a date. */
function agoText(value: string): string | null {
  const [, number, unit] = /^-(\d+)([hd])$/.exec(value) ?? []
  return number ? plural(Number(number), unit === 'h' ? 'hour' : 'day') : null
}

/** "Learning rate", "at least", "0.001". */
function conditionWords(condition: Condition, field: RunField | undefined): [string, string, string] {
  const kind = field?.kind ?? 'text'
  const ago = agoText(condition.value)
  if (ago && isTime(condition.path)) return [fieldTitle(condition.path, field), ...(condition.operator.startsWith('>') ? (['in the last', ago] as const) : ([operatorWords(condition.operator, 'time'), `${ago} ago`] as const))]
  const value = fieldText(condition.path, parsedValue(condition.value, kind))
  return [fieldTitle(condition.path, field), operatorWords(condition.operator, kind), value]
}

function parsedValue(text: string, kind: RunField['kind']): Json {
  if (text === 'null') return null
  if (text.startsWith('"')) return unquoted(text)
  if (kind === 'boolean') return text === 'true'
  return kind === 'number' && Number.isFinite(Number(text)) ? Number(text) : text
}

function unquoted(text: string): string {
  try {
    return String(JSON.parse(text))
  } catch {
    return text
  }
}

/** A filter as a chip: the conditions that it stands for, and its words. */
export interface Chip {
  key: string
  conditions: Condition[]
  field: RunField | undefined
  title: string
  words: string
  value: string
}

/** One chip a condition; several statuses are one chip, for any of them matches. */
export function chipsOf(conditions: Condition[], fields: RunField[]): Chip[] {
  const statuses = conditions.filter(({ path, operator }) => path === 'status' && operator === '=')
  const others = conditions.filter((condition) => !statuses.includes(condition))
  const parts = [...(statuses.length ? [statuses] : []), ...others.map((condition) => [condition])]
  return parts.map((part) => chipOf(part, fields.find(({ path }) => path === part[0]!.path)))
}

function chipOf(conditions: Condition[], field: RunField | undefined): Chip {
  const [title, words] = conditionWords(conditions[0]!, field)
  const values = conditions.map((condition) => conditionWords(condition, field)[2])
  return { key: conditions.map(conditionText).join(' '), conditions, field, title, words, value: values.join(' or ') }
}
