/** Groups of runs with equal fields: their rows as a tree, their results as mean and deviation, and which group leads. */

import { fieldTitle } from '../spec/differences'
import { metric, plural } from '../text/format'
import { runKey } from './run-key'
import type { RunFilter } from '../api/client'
import type { RunField, RunGroup } from '../api/types'

/** The results that are summarized, with the names of their metrics. */
export const COLUMNS = [
  { path: 'best.val_accuracy', title: 'Validation accuracy at the best epoch', metric: 'accuracy' },
  { path: 'last.val_accuracy', title: 'Last validation accuracy', metric: 'accuracy' },
  { path: 'best.val_loss', title: 'Validation loss at the best epoch', metric: 'loss' },
  { path: 'test.accuracy', title: 'Test accuracy', metric: 'accuracy' },
] as const
const JUDGED_BY = COLUMNS[0].path

/** Fields that runs can be grouped by: those of few values, seeds last. */
const MAX_VALUES = 20

export function groupableFields(fields: RunField[]): { path: string; title: string }[] {
  const few = fields.filter(({ group, differs, values }) => differs && values !== null && values.length <= MAX_VALUES && (group === 'spec' || group === 'run'))
  const rank = ({ path, group }: RunField): number => (path === 'seed' ? 2 : group === 'spec' ? 0 : 1)
  return few.toSorted((a, b) => rank(a) - rank(b)).map(({ path, title }) => ({ path, title: title || fieldTitle(path) }))
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
  const texts = groups.map(({ values }) => by.map((path) => valueOf(values[path])))
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

const valueOf = (value: unknown): string => (value == null ? 'not set' : typeof value === 'boolean' ? (value ? 'on' : 'off') : String(value))

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

/** Compares the best two groups. Only groups whose runs do not overlap are called apart: a mean of few runs is uncertain. */
export function groupVerdict(groups: RunGroup[]): GroupVerdict {
  const scored = groups.flatMap(({ summary }, at) => (summary[JUDGED_BY]?.mean != null ? [{ key: runKey(at), ...summary[JUDGED_BY] }] : []))
  const [first, second] = scored.toSorted((a, b) => b.mean! - a.mean!)
  if (!first || !second) return { title: 'Too few results', text: 'At least two groups need a run with a best validation accuracy. Group by a field in which the runs differ.' }
  const difference = ((first.mean! - second.mean!) * 100).toFixed(2)
  const lead = `On average ${first.key} reaches ${metric('accuracy', first.mean)}, ${difference} points more than ${second.key}.`
  const spread = first.deviation !== null && second.deviation !== null ? ` The runs of one group differ by ± ${points(first.deviation)} and ± ${points(second.deviation)} points.` : ''
  if (first.n > 1 && second.n > 1 && first.low! > second.high!)
    return { title: `${first.key} is better in every run`, text: `${lead}${spread} Even the worst of its ${first.n} runs beats the best of the other ${second.n}.` }
  return { title: `${first.key} leads, and the groups overlap`, text: `${lead}${spread} Some runs of ${second.key} are as good as some of ${first.key}.` }
}

const points = (share: number): string => (share * 100).toFixed(2)
