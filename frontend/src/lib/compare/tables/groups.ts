/** Groups of runs with equal fields: their rows as a tree, their results as mean and deviation, and which group leads. */

import { fieldText, fieldTitle } from '../../runs/run-fields'
import { inPercent, metric, plural } from '../../text/format'
import { pText, SIGNIFICANCE } from '../../text/significance'
import { runKey } from '../run-key'
import type { RunFilter } from '../../api/client'
import { equal } from '../../spec/equal'
import type { GroupTest, RunField, RunGroup } from '../../api/types'

/** The results that are summarized, with the names of their metrics. */
export const COLUMNS = [
  { path: 'best.val_accuracy', title: 'Validation accuracy at the best epoch', metric: 'accuracy' },
  { path: 'last.val_accuracy', title: 'Last validation accuracy', metric: 'accuracy' },
  { path: 'best.val_loss', title: 'Validation loss at the best epoch', metric: 'loss' },
  { path: 'test.accuracy', title: 'Test accuracy', metric: 'accuracy' },
] as const

/** Fields that runs can be grouped by: those of few values, seeds last. */
const MAX_VALUES = 20

export function groupableFields(fields: RunField[]): { path: string; title: string }[] {
  const few = fields.filter(({ group, differs, values }) => differs && values !== null && values.length <= MAX_VALUES && (group === 'spec' || group === 'run'))
  const rank = ({ path, group }: RunField): number => (path === 'seed' ? 2 : group === 'spec' ? 0 : 1)
  return few.toSorted((a, b) => rank(a) - rank(b)).map((field) => ({ path: field.path, title: fieldTitle(field.path, field) }))
}

export interface GroupRow {
  key: string
  /** The values of the fields, as texts; empty where the row above has the same, so that the rows read as a tree. */
  values: string[]
  runs: string
  /** The address of the table with these runs. */
  href: string
  /** "91.43% ± 0.22" for each column. */
  summaries: string[]
}

export function groupRows(groups: RunGroup[], by: string[], filter: RunFilter): GroupRow[] {
  const texts = groups.map(({ values }) => by.map((path) => fieldText(path, values[path])))
  return groups.map((group, at) => ({
    key: runKey(at),
    values: texts[at]!.map((text, level) => (isRepeated(texts, at, level) ? '' : text)),
    runs: plural(group.n, 'run'),
    href: groupHref(group, filter),
    summaries: COLUMNS.map((column) => summaryText(group, column)),
  }))
}

const isRepeated = (texts: string[][], at: number, level: number): boolean =>
  at > 0 && texts[at]!.slice(0, level + 1).every((text, above) => text === texts[at - 1]![above])

/** The filters of the comparison, and one condition for each value of the group. */
function groupHref({ values }: RunGroup, filter: RunFilter): string {
  const conditions = Object.entries(values).map(([path, value]) => `${path}=${String(value)}`)
  const entries = Object.entries({ ...filter, where: [...(filter.where ?? []), ...conditions] })
  const params = entries.flatMap(([name, value]) => [value].flat().map((item) => [name, String(item)]))
  return `/?${new URLSearchParams(params)}`
}

function summaryText({ summary }: RunGroup, column: (typeof COLUMNS)[number]): string {
  const { mean = null, deviation = null } = summary[column.path] ?? {}
  if (mean === null) return '–'
  const spread = deviation === null ? '' : ` ± ${metric(column.metric, deviation).replace('%', '')}`
  return `${metric(column.metric, mean)}${spread}`
}

export interface GroupVerdict {
  title: string
  text: string
}

/** Says which group is best by the server's test of the best two; null stands for fewer than two groups with results. */
export function groupVerdict(groups: RunGroup[], test: GroupTest | null): GroupVerdict {
  if (!test) return { title: 'Too few results', text: 'At least two groups need a run with a best validation accuracy. Group by a field in which the runs differ.' }
  const keyOf = (values: GroupTest['first']): string => runKey(Math.max(groups.findIndex((group) => equal(group.values, values)), 0))
  const [first, second] = [keyOf(test.first), keyOf(test.second)]
  const difference = points(test.difference)
  const isEqual = difference === '0.00'
  const lead = isEqual ? `On average ${first} and ${second} reach the same` : `On average ${first} reaches ${difference} points more than ${second}`
  const interval = test.interval ? ` (95% interval ${points(test.interval[0])} to ${points(test.interval[1])})` : ''
  const title = isEqual ? `${first} and ${second} are level` : test.p_value === null ? `${first} leads, untested` : test.p_value < SIGNIFICANCE ? `${first} is better than ${second}` : `${first} leads, which may be chance`
  return { title, text: `${lead}${interval}. ${testText(test)}${selectionText(test)}` }
}

function testText({ test, n, p_value: p }: GroupTest): string {
  if (p === null) return 'A test needs two runs or more in both groups, and runs that are not all equal: repeat them with other seeds.'
  const runs = test === 'welch-t' ? `${n[0]} and ${n[1]} runs` : `${n[0]} shared seeds`
  return `${TEST_TITLES[test]} of ${runs}: p = ${pText(p)}.`
}

const TEST_TITLES = { 'paired-t': 'Paired t-test', sign: 'Sign test, since all differences are equal,', 'welch-t': "Welch's t-test" }

/** The best two of many differ by more than two that were chosen before. */
const selectionText = ({ groups, p_value: p }: GroupTest): string =>
  groups > 2 && p !== null ? ` They are the best two of ${groups} groups, so chance has had ${groups} tries: take the p-value as a lower limit.` : ''

const points = (share: number): string => inPercent(share, 2).replace('-', '−')
