/** A run's metrics by epoch, and how events change them. Every function returns a new table. */

import type { Metrics, MetricsTable } from '../api/types'

/** A point inside an epoch, `x` epochs after the start. */
export interface Step {
  x: number
  metrics: Metrics
}

/** A longer trail is thinned, so that an epoch of an hour stays cheap to draw. */
const MAX_TRAIL_STEPS = 240

export const emptyTable: MetricsTable = { epochs: [], series: {}, elapsed: [] }

/** Returns the table with `epoch` added or replaced; epochs stay in order. */
export function withEpoch(table: MetricsTable, epoch: number, metrics: Metrics): MetricsTable {
  const index = table.epochs.findLastIndex((other) => other < epoch) + 1
  const removed = table.epochs[index] === epoch ? 1 : 0
  const names = new Set([...Object.keys(table.series), ...Object.keys(metrics)])
  const series: MetricsTable['series'] = {}
  for (const name of names) {
    const values = table.series[name] ?? table.epochs.map(() => null)
    series[name] = values.toSpliced(index, removed, metrics[name] ?? null)
  }
  // The time of epochs that the server left out, or sent already, is part of the time after them.
  const end = removed ? table.elapsed[index]! : (table.elapsed[index - 1] ?? 0) + (metrics.seconds ?? 0)
  return { epochs: table.epochs.toSpliced(index, removed, epoch), series, elapsed: table.elapsed.toSpliced(index, removed, end) }
}

/** Returns the table up to `epoch`, inclusive. */
export function withoutEpochsAfter(table: MetricsTable, epoch: number): MetricsTable {
  const length = table.epochs.findLastIndex((other) => other <= epoch) + 1
  const series = Object.fromEntries(Object.entries(table.series).map(([name, values]) => [name, values.slice(0, length)]))
  return { epochs: table.epochs.slice(0, length), series, elapsed: table.elapsed.slice(0, length) }
}

/** Returns the trail of the epoch in training with one more step. A step of another epoch starts a new trail. */
export function extendTrail(trail: Step[], epoch: number, batch: number, batches: number, metrics: Metrics): Step[] {
  const step = { x: epoch - 1 + batch / Math.max(batches, 1), metrics }
  const same = trail.filter((other) => other.x > epoch - 1 && other.x < step.x)
  return [...(same.length < MAX_TRAIL_STEPS ? same : same.filter((_, at) => at % 2 === 0)), step]
}

export function column(table: MetricsTable, name: string): (number | null)[] {
  return table.series[name] ?? []
}

export function lastValue(table: MetricsTable, name: string): number | null {
  return column(table, name).at(-1) ?? null
}

/** Returns the seconds of training until the end of the last epoch. */
export function trainedSeconds(table: MetricsTable): number {
  return table.elapsed.at(-1) ?? 0
}

/** Returns the highest or lowest value of a series and its epoch; of equal values the first. */
export function extreme(table: MetricsTable, name: string, direction: 'highest' | 'lowest') {
  let best: { epoch: number; value: number } | null = null
  column(table, name).forEach((value, at) => {
    if (value === null) return
    const better = best === null || (direction === 'highest' ? value > best.value : value < best.value)
    if (better) best = { epoch: table.epochs[at]!, value }
  })
  return best as { epoch: number; value: number } | null
}

/** Returns the median duration of the last five epochs. */
export function secondsPerEpoch(table: MetricsTable): number | null {
  const recent = column(table, 'seconds')
    .slice(-5)
    .filter((value) => value !== null)
  return recent.length ? recent.sort((a, b) => a - b)[Math.floor(recent.length / 2)]! : null
}
