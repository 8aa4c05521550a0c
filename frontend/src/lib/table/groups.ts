/** The row of a group: its title, and the mean and spread of its columns. */

import type { RunGroup, Json, Status } from '../api/types'
import { statusTitle } from '../runs/status/run-status'
import { NONE, plural } from '../text/format'
import { fieldText, fieldTitle, isMetric } from '../runs/run-fields'

/** "Strided CNN · Learning rate 0.001": names speak for themselves, other values have their field's title. */
export function groupTitle({ values }: RunGroup): string {
  return Object.entries(values)
    .map(([path, value]) => (typeof value === 'string' ? fieldText(path, value) : `${fieldTitle(path)} ${fieldText(path, value)}`))
    .join(' · ')
}

/** "12 runs · 2 failed · 1 training": what is not simply finished. */
export function groupCounts({ n, statuses }: Pick<RunGroup, 'n' | 'statuses'>): string {
  const others = Object.entries(statuses).filter(([status]) => status !== 'finished')
  return [plural(n, 'run'), ...others.map(([status, count]) => `${count} ${statusTitle(status as Status).toLowerCase()}`)].join(' · ')
}

export interface SummaryText {
  text: string
  /** "± 0.14", empty for one value. */
  spread: string
  title: string
}

/** The mean of a metric with its standard deviation; of a setting, its value or its range. Null for what has neither. */
export function summaryText(path: string, { values, summary }: RunGroup): SummaryText | null {
  if (path in values) return { text: fieldText(path, values[path]), spread: '', title: '' }
  const part = summary[path]
  if (!part || part.mean === null) return null
  const [low, high] = [fieldText(path, part.low), fieldText(path, part.high)]
  if (isMetric(path) || path === 'seconds') {
    return { text: fieldText(path, part.mean), spread: part.n > 1 && path !== 'seconds' ? spreadText(path, part.deviation) : '', title: `${low} to ${high}, n = ${part.n}` }
  }
  return { text: low === high ? low : `${low} to ${high}`, spread: '', title: '' }
}

/** The number of columns before the first one with a value. */
export function emptyBefore(paths: string[], group: RunGroup): number {
  const first = paths.findIndex((path) => summaryText(path, group) !== null)
  return first < 0 ? paths.length : first
}

function spreadText(path: string, deviation: number | null): string {
  const text = fieldText(path, deviation)
  return text === NONE ? '' : `± ${text.replace('%', '')}`
}

/** Groups in the order of `sort`: by a value that they have in common, or by the mean of a column. Others stay as they are,
 * and groups without the value come last. */
export function sortedGroups(groups: RunGroup[], sort: string): RunGroup[] {
  const path = sort.replace(/^-/, '')
  const direction = sort.startsWith('-') ? -1 : 1
  const keyOf = ({ values, summary }: RunGroup): Json => (path in values ? (values[path] ?? null) : (summary[path]?.mean ?? null))
  return groups.toSorted((a, b) => {
    const [first, second] = [keyOf(a), keyOf(b)]
    if (first === null || second === null) return Number(first === null) - Number(second === null)
    return direction * (first < second ? -1 : first > second ? 1 : 0)
  })
}
