/** Fields as choices: which of them there are, what they hold, and how they are grouped in lists. */

import { fieldText, fieldTitle } from '../../runs/run-fields'
import type { RunField } from '../../api/types'
import { plural } from '../../text/format'
import type { Column } from './view'
import { CURVE } from './default-view'

export interface FieldChoice {
  field: RunField
  title: string
  /** "3 values", or the value that all runs share. */
  hint: string
}

export interface FieldSection {
  title: string
  items: FieldChoice[]
}

const GROUPS: [RunField['group'], string][] = [
  ['run', 'Run'],
  ['spec', 'Settings'],
  ['best', 'Best epoch'],
  ['last', 'Latest epoch'],
  ['test', 'Test split'],
]

/** All fields whose title or path contains `text`, by group. */
export function fieldSections(fields: RunField[], text = ''): FieldSection[] {
  const choices = choicesOf(fields, text)
  return sections(GROUPS.map(([group, title]) => [title, choices.filter(({ field }) => field.group === group)]))
}

/** The curve as a column: it is in the list of columns, and no field. */
const CURVE_FIELD: RunField = { path: CURVE, title: 'Curve by epoch', kind: 'text', group: 'run', values: null, min: null, max: null, differs: true }

/** Settings are compared more often than metrics beside the best one. */
const COLUMN_ORDER: RunField['group'][] = ['spec', 'run', 'best', 'test', 'last']

/** The fields that are no columns yet: those that differ between the runs, then those that are the same in all. */
export function columnSections(fields: RunField[], columns: Column[], text = ''): FieldSection[] {
  const others = [CURVE_FIELD, ...fields].filter(({ path }) => !['id', 'name'].includes(path) && !columns.some((column) => column.path === path))
  const places = (choice: FieldChoice): number => COLUMN_ORDER.indexOf(choice.field.group)
  const choices = choicesOf(others, text).sort((a, b) => places(a) - places(b))
  return sections([
    ['Also differ in these runs', choices.filter(({ field }) => field.differs)],
    ['The same in all of them', choices.filter(({ field }) => !field.differs)],
  ])
}

const sections = (pairs: [string, FieldChoice[]][]): FieldSection[] =>
  pairs.map(([title, items]) => ({ title, items })).filter(({ items }) => items.length > 0)

/** Fields of a spec that a column of the run has, too. */
const DOUBLED = ['dataset.name', 'model.preset', 'model.backbone']

function choicesOf(fields: RunField[], text: string): FieldChoice[] {
  const words = text.trim().toLowerCase()
  return fields
    .filter(({ path }) => !DOUBLED.includes(path))
    .map((field) => ({ field, title: field.path === CURVE ? field.title : fieldTitle(field.path, field), hint: hintOf(field) }))
    .filter(({ field, title }) => `${title} ${field.path}`.toLowerCase().includes(words))
    .sort((a, b) => a.title.localeCompare(b.title))
}

export function hintOf(field: RunField): string {
  if (!field.differs && field.values?.length === 1) return fieldText(field.path, field.values[0])
  if (field.values && field.values.length > 1) return plural(field.values.length, 'value')
  return field.min !== null && field.max !== null && field.kind === 'number'
    ? `${fieldText(field.path, field.min)} to ${fieldText(field.path, field.max)}`
    : ''
}
