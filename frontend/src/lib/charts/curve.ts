/** Points and axes of a loss or accuracy chart, independent of Plotly. */

import type { Palette } from './palette.svelte'
import { column, secondsPerEpoch, trainedSeconds, type Step } from './series'
import { epochTicks, linearTicks, logTicks } from './ticks'
import type { MetricsTable } from '../api/types'

/** The epochs from this one on are shaded, with a label that says why. */
export interface Mark {
  epoch: number
  label: string
}

/** A part of the network is trained from this epoch on. */
export interface PhaseStart {
  epoch: number
  title: string
}

/** Input of one chart. `best` is the marked epoch and its label; sizes are in pixels. */
export interface Curve {
  metric: 'loss' | 'accuracy'
  table: MetricsTable
  trail: Step[]
  epochs: number
  best: { epoch: number; label: string } | null
  mark: Mark | null
  phases: PhaseStart[]
  byTime: boolean
  log: boolean
  width: number
  height: number
  palette: Palette
}

export type Point = { x: number; y: number }
export type Axis = { low: number; high: number; ticks: number[] }
export interface Unit {
  name: string
  seconds: number
}

/** Returns the y values of training, validation and trail, in this order. */
function yValues({ metric, table, trail, log }: Curve): number[] {
  const values = [
    ...column(table, metric),
    ...column(table, `val_${metric}`),
    ...trail.map((step) => step.metrics[metric] ?? null),
  ]
  return values.filter((value): value is number => value !== null && (!log || value > 0))
}

export function yAxis(curve: Curve): Axis {
  const values = yValues(curve)
  if (values.length === 0) return { low: 0, high: 1, ticks: [] }
  const low = Math.min(...values)
  const high = Math.max(...values)
  if (curve.log) {
    const room = Math.max((high / low) ** 0.06, 1.05)
    return { low: low / room, high: high * room, ticks: logTicks(low / room, high * room) }
  }
  const room = Math.max((high - low) * 0.06, Math.abs(high) * 0.002, 1e-6)
  const [from, to] = [low - room, high + room]
  return { low: from, high: to, ticks: linearTicks(from, to) }
}

/** Where early stopping may end a run, its axis has at most this many epochs at first. */
const MAX_FIRST_EPOCHS = 100

/** Returns the last epoch on the axis of a run in training: the last one of its request, so that the axis stays as it is.
 * Early stopping may end a run long before it, so that its axis grows with its curve, by doubling. */
export function axisEpochs(trained: number, planned: number, mayEndEarly: boolean): number {
  let end = mayEndEarly ? MAX_FIRST_EPOCHS : planned
  while (end < trained * 1.5) end *= 2
  return Math.min(planned, end)
}

/** The axis begins at 0 until the first epoch has ended, because only its trail is drawn until then. */
export function xAxis(curve: Curve): Axis {
  const tickCount = curve.width < 420 ? 4 : 5
  if (curve.byTime) {
    const { seconds } = timeUnit(curve)
    const end = ((trainedSeconds(curve.table) || 1) / seconds) * (curve.epochs / (curve.table.epochs.at(-1) ?? 1))
    return { low: 0, high: end, ticks: linearTicks(0, end, tickCount) }
  }
  const low = curve.table.epochs.length && curve.epochs > 1 ? 1 : 0
  return { low, high: Math.max(curve.epochs, 1), ticks: epochTicks(Math.max(low, 1), curve.epochs, tickCount) }
}

export function timeUnit(curve: Curve): Unit {
  const end = trainedSeconds(curve.table)
  if (end < 120) return { name: 's', seconds: 1 }
  return end < 7200 ? { name: 'min', seconds: 60 } : { name: 'h', seconds: 3600 }
}

/** Returns x at the end of each epoch. */
export function epochPositions(curve: Curve): number[] {
  const { seconds } = timeUnit(curve)
  return curve.byTime ? curve.table.elapsed.map((time) => time / seconds) : curve.table.epochs
}

/** Returns where a phase begins on the x axis, at the end of the epoch before; null while that has not ended. */
export function phasePosition(curve: Curve, phase: PhaseStart): number | null {
  return positionOf(curve, phase.epoch - 1)
}

/** Returns x at the end of an epoch, of which a long run may have left out the values; null before it has ended. */
export function positionOf(curve: Curve, epoch: number): number | null {
  const { epochs } = curve.table
  if (epoch < 1 || epoch > (epochs.at(-1) ?? 0)) return null
  return curve.byTime ? epochPositions(curve)[epochs.findIndex((other) => other >= epoch)]! : epoch
}

/** Returns the points of the epoch in training. They are running means, not means of whole epochs, so no line connects
 * them to the epochs before. A time axis needs the duration of an epoch. */
export function trailPoints(curve: Curve): Point[] {
  const { metric, table, trail } = curve
  const last = table.epochs.at(-1) ?? 0
  const pace = secondsPerEpoch(table)
  if (trail.length === 0 || (curve.byTime && pace === null)) return []
  const { seconds } = timeUnit(curve)
  const position = (x: number): number =>
    curve.byTime ? (trainedSeconds(table) + (x - last) * pace!) / seconds : x
  return trail.flatMap((step) => {
    const y = step.metrics[metric]
    return y == null || step.x <= last ? [] : [{ x: position(step.x), y }]
  })
}

export function bestPoint(curve: Curve): Point | null {
  const at = curve.best ? curve.table.epochs.indexOf(curve.best.epoch) : -1
  const y = column(curve.table, `val_${curve.metric}`)[at]
  return y == null ? null : { x: epochPositions(curve)[at]!, y }
}

export function lastPoint(curve: Curve, name: string): Point | null {
  const values = column(curve.table, name)
  const at = values.findLastIndex((value) => value !== null)
  return at < 0 ? null : { x: epochPositions(curve)[at]!, y: values[at]! }
}
