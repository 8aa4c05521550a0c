/** The history of a run: a table of metrics by epoch, which events extend. Pure: each step gives a new table. */

import type { Metrics, MetricsTable } from './types'

/** One point inside an epoch, at `x` epochs since the start. */
export interface Step {
  x: number
  metrics: Metrics
}

/** A longer trail than this is thinned, so that an hour-long epoch stays cheap to draw. */
const TRAIL = 240

export const empty: MetricsTable = { epochs: [], series: {} }

/** The table with `epoch` added, or replaced where it is there; epochs stay in order. */
export function append(table: MetricsTable, epoch: number, metrics: Metrics): MetricsTable {
  const found = table.epochs.indexOf(epoch)
  const later = table.epochs.findIndex((other) => other > epoch)
  const at = found >= 0 ? found : later >= 0 ? later : table.epochs.length
  const drop = found >= 0 ? 1 : 0
  const names = new Set([...Object.keys(table.series), ...Object.keys(metrics)])
  const series: MetricsTable['series'] = {}
  for (const name of names) {
    const values = table.series[name] ?? table.epochs.map(() => null)
    series[name] = values.toSpliced(at, drop, metrics[name] ?? null)
  }
  return { epochs: table.epochs.toSpliced(at, drop, epoch), series }
}

/** The table up to and with `epoch`. */
export function dropAfter(table: MetricsTable, epoch: number): MetricsTable {
  const kept = table.epochs.filter((other) => other <= epoch).length
  const series = Object.fromEntries(Object.entries(table.series).map(([name, values]) => [name, values.slice(0, kept)]))
  return { epochs: table.epochs.slice(0, kept), series }
}

/** The trail of the epoch that is being trained; a step of another epoch begins a new one. */
export function follow(trail: Step[], epoch: number, batch: number, batches: number, metrics: Metrics): Step[] {
  const step = { x: epoch - 1 + batch / Math.max(batches, 1), metrics }
  const same = trail.filter((other) => other.x > epoch - 1 && other.x < step.x)
  return [...(same.length < TRAIL ? same : same.filter((_, at) => at % 2 === 0)), step]
}

export function column(table: MetricsTable, name: string): (number | null)[] {
  return table.series[name] ?? []
}

export function lastOf(table: MetricsTable, name: string): number | null {
  return column(table, name).at(-1) ?? null
}

/** Seconds of training since the start at the end of each epoch. */
export function elapsed(table: MetricsTable): number[] {
  let sum = 0
  return table.epochs.map((_, at) => (sum += column(table, 'seconds')[at] ?? 0))
}

/** The highest or lowest value of a series and its epoch; the first of equal ones. */
export function extreme(table: MetricsTable, name: string, want: 'highest' | 'lowest') {
  let best: { epoch: number; value: number } | null = null
  column(table, name).forEach((value, at) => {
    if (value === null) return
    const better = best === null || (want === 'highest' ? value > best.value : value < best.value)
    if (better) best = { epoch: table.epochs[at]!, value }
  })
  return best as { epoch: number; value: number } | null
}

/** What an epoch takes: the median of the last five. */
export function secondsPerEpoch(table: MetricsTable): number | null {
  const recent = column(table, 'seconds')
    .slice(-5)
    .filter((value) => value !== null)
  return recent.length ? recent.sort((a, b) => a - b)[Math.floor(recent.length / 2)]! : null
}
