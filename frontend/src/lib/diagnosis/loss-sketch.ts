/** The small chart of a finding: training and validation in test mode, and the epochs that the finding is about. */

import type { MetricsTable } from '../api/types'
import { column } from '../charts/series'
import { epochTicks, linearTicks } from '../charts/ticks'

export interface Sketch {
  width: number
  height: number
  lines: { kind: 'training' | 'validation'; name: string; path: string; end: { x: number; y: number; value: number } | null }[]
  xTicks: { x: number; label: string }[]
  yTicks: { y: number; label: string }[]
  plot: { left: number; right: number; top: number; bottom: number }
  mark: number
  /** The text of a chart that has no value to draw. */
  emptyText: string
}

const MARGIN = { left: 40, right: 140, top: 20, bottom: 24 }
const LINE_HEIGHT = 15

type Values = (number | null)[]

export function lossSketch(table: MetricsTable, metric: 'loss' | 'accuracy', epoch: number, width: number, height: number): Sketch {
  const plot = { left: MARGIN.left, right: Math.max(width - MARGIN.right, MARGIN.left + 1), top: MARGIN.top, bottom: height - MARGIN.bottom }
  const [first, last] = [table.epochs[0] ?? 1, table.epochs.at(-1) ?? 1]
  const rows = namedRows(table, metric)
  const { low, high } = bounds(rows.flatMap(({ values }) => values))
  const x = (at: number): number => plot.left + ((at - first) / Math.max(last - first, 1)) * (plot.right - plot.left)
  const y = (value: number): number => plot.bottom - ((value - low) / (high - low)) * (plot.bottom - plot.top)
  const isEmpty = rows.every(({ values }) => values.every((value) => value === null))
  const lines = rows.map(({ kind, name, values }) => ({ kind, name, path: pathOf(values, table.epochs, x, y), end: endOf(values, table.epochs, x, y) }))
  return {
    width,
    height,
    plot,
    lines: apart(lines),
    xTicks: epochTicks(first, last, width < 420 ? 4 : 5).map((tick) => ({ x: x(tick), label: String(tick) })),
    emptyText: isEmpty ? `Every ${metric} is NaN` : '',
    yTicks: (isEmpty ? [] : linearTicks(low, high, 4)).map((tick) => ({ y: y(tick), label: metric === 'accuracy' ? `${Math.round(tick * 100)}%` : String(tick) })),
    mark: x(Math.min(Math.max(epoch, first), last)),
  }
}

/** Training in test mode is named so, since the curves of the run show the mean over an epoch, with dropout; runs of older versions have only that. */
function namedRows(table: MetricsTable, metric: string): { kind: 'training' | 'validation'; name: string; values: Values }[] {
  const evaluated = column(table, `train_eval_${metric}`)
  const training = evaluated.length ? { name: 'train, test mode', values: evaluated } : { name: 'training', values: column(table, metric) }
  return [{ kind: 'training', ...training }, { kind: 'validation', name: 'validation', values: column(table, `val_${metric}`) }]
}

function bounds(values: Values): { low: number; high: number } {
  const known = values.filter((value) => value !== null)
  if (known.length === 0) return { low: 0, high: 1 }
  const [low, high] = [Math.min(...known), Math.max(...known)]
  return high > low ? { low, high } : { low: low - 0.5, high: high + 0.5 }
}

type Scale = (value: number) => number

function pathOf(values: Values, epochs: number[], x: Scale, y: Scale): string {
  return values
    .map((value, at) => (value === null ? '' : `${values[at - 1] == null ? 'M' : 'L'}${x(epochs[at]!).toFixed(1)} ${y(value).toFixed(1)}`))
    .join('')
}

function endOf(values: Values, epochs: number[], x: Scale, y: Scale): Sketch['lines'][number]['end'] {
  const at = values.findLastIndex((value) => value !== null)
  return at < 0 ? null : { x: x(epochs[at]!), y: y(values[at]!), value: values[at]! }
}

/** Moves the labels at the lines' ends apart where they would overlap. */
function apart(lines: Sketch['lines']): Sketch['lines'] {
  const [first, second] = lines.map(({ end }) => end)
  if (!first || !second) return lines
  const missing = Math.max(0, LINE_HEIGHT - Math.abs(first.y - second.y)) / 2
  const up = first.y <= second.y ? -missing : missing
  return [
    { ...lines[0]!, end: { ...first, y: first.y + up } },
    { ...lines[1]!, end: { ...second, y: second.y - up } },
  ]
}
