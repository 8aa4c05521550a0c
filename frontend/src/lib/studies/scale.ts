/** Maps the values of a setting or an objective to positions from 0 to 1 on an axis, with its ticks. */

import { linearTicks, logTicks } from '../charts/ticks'
import { equal } from '../spec/equal'
import { formatValue } from '../spec/field-values'
import { count, isShare, percent } from '../text/format'
import type { Json } from '../api/types'
import type { Range } from '../api/study-types'

export interface Tick {
  at: number
  text: string
}

export interface Scale {
  kind: 'linear' | 'log' | 'choices'
  ticks: Tick[]
  /** Returns the position of a value; null where it has none. */
  at: (value: Json | undefined) => number | null
  /** Formats the value at a position. */
  textAt: (position: number) => string
}

const clamped = (position: number): number => Math.min(1, Math.max(0, position))

/** Returns the scale of a setting: evenly spaced for a list of values, linear or logarithmic for a range. */
export function settingScale(values: Json[] | Range): Scale {
  return Array.isArray(values) ? choiceScale(values) : values.log ? logScale(values.low, values.high) : linearScale(values.low, values.high)
}

function choiceScale(values: Json[]): Scale {
  const position = (index: number): number => (values.length < 2 ? 0.5 : index / (values.length - 1))
  return {
    kind: 'choices',
    ticks: values.map((value, index) => ({ at: position(index), text: choiceText(value) })),
    at: (value) => {
      const index = values.findIndex((other) => equal(other, value ?? null))
      return index < 0 ? null : position(index)
    },
    textAt: (at) => choiceText(values[Math.round(at * (values.length - 1))] ?? null),
  }
}

/** "on" and "off" for a switch, "none" for an empty value. */
export function choiceText(value: Json): string {
  if (typeof value === 'boolean') return value ? 'on' : 'off'
  if (value === null || (Array.isArray(value) && value.length === 0)) return 'none'
  return formatValue(value)
}

function linearScale(low: number, high: number, text: (value: number) => string = numberText, count = 5): Scale {
  const span = high - low || 1
  const place = (value: number): number => (value - low) / span
  return {
    kind: 'linear',
    ticks: (high > low ? linearTicks(low, high, count) : [low]).map((value) => ({ at: place(value), text: text(value) })),
    at: (value) => (typeof value === 'number' ? clamped(place(value)) : null),
    textAt: (at) => text(low + at * span),
  }
}

function logScale(low: number, high: number): Scale {
  const span = Math.log(high / low) || 1
  const place = (value: number): number => Math.log(value / low) / span
  return {
    kind: 'log',
    ticks: fewTicks(low, high).map((value) => ({ at: place(value), text: numberText(value) })),
    at: (value) => (typeof value === 'number' && value > 0 ? clamped(place(value)) : null),
    textAt: (at) => numberText(low * Math.exp(at * span)),
  }
}

/** Powers of ten where there are at least three of them, so that labels have room. */
function fewTicks(low: number, high: number): number[] {
  const ticks = logTicks(low, high)
  const powers = ticks.filter((tick) => Math.abs(Math.log10(tick) - Math.round(Math.log10(tick))) < 1e-9)
  if (powers.length > 2) return powers
  return ticks.length ? ticks : [low, high]
}

/** Formats with three significant digits, whole numbers exactly: 0.0003, 1e-5, 60,000. */
export function numberText(value: number): string {
  const size = Math.abs(value)
  if (Number.isInteger(value) && size < 1e9) return count(value)
  if (size !== 0 && (size < 0.0001 || size >= 1e6)) return Number(value.toPrecision(3)).toExponential().replace('e+', 'e')
  return String(Number(value.toPrecision(3)))
}

/** Returns the scale of an objective over the given values. A few bad runs don't squeeze the others: below three times the
 * spread of the middle half of them, values lie on the edge. */
export function objectiveScale(objective: string, values: number[], count = 5): Scale {
  const { low, high } = paddedRange(values)
  return linearScale(low, high, isShare(objective) ? shareText(high - low) : numberText, count)
}

function paddedRange(values: number[]): { low: number; high: number } {
  if (values.length === 0) return { low: 0, high: 1 }
  const sorted = [...values].sort((a, b) => a - b)
  const quarter = (share: number): number => sorted[Math.round(share * (sorted.length - 1))]!
  const fence = 3 * (quarter(0.75) - quarter(0.25))
  const isCrowded = sorted.length >= 8 && fence > 0
  const low = isCrowded ? Math.max(sorted[0]!, quarter(0.25) - fence) : sorted[0]!
  const high = isCrowded ? Math.min(sorted.at(-1)!, quarter(0.75) + fence) : sorted.at(-1)!
  const room = (high - low || Math.abs(high) * 0.02 || 0.01) * 0.08
  return { low: low - room, high: high + room }
}

const shareText = (span: number) => (value: number): string => percent(value, span < 0.01 ? 2 : span < 0.05 ? 1 : 0)
