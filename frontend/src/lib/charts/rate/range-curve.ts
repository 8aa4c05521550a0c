/** The curve of a learning-rate range test: loss by learning rate on a logarithmic axis. */

import type { LearningRateRange } from '../../api/types'

export interface RangeCurve {
  path: string
  ticks: { x: number; rate: number }[]
  suggestion: { x: number; y: number } | null
}

const EDGE = 6

function powersOfTen(first: number, last: number): number[] {
  const lowest = Math.ceil(first - 1e-9)
  return Array.from({ length: Math.max(0, Math.floor(last + 1e-9) - lowest + 1) }, (_, at) => Number(`1e${lowest + at}`))
}

/** Losses above the first one are cut: there the training diverges. */
export function rangeCurve({ learning_rates: rates, losses, suggestion }: LearningRateRange, width: number, height: number): RangeCurve {
  if (rates.length < 2) return { path: '', ticks: [], suggestion: null }
  const [first, last] = [Math.log10(rates[0]!), Math.log10(rates.at(-1)!)]
  const [low, high] = [Math.min(...losses), Math.max(losses[0]!, Math.min(...losses) + 1e-9) * 1.1]
  const x = (rate: number): number => EDGE + ((Math.log10(rate) - first) / (last - first)) * (width - 2 * EDGE)
  const y = (loss: number): number => height - EDGE - ((Math.min(loss, high) - low) / (high - low)) * (height - 2 * EDGE)
  const points = rates.map((rate, at) => `${x(rate).toFixed(1)} ${y(losses[at]!).toFixed(1)}`)
  const at = suggestion === null ? -1 : rates.findIndex((rate) => rate >= suggestion)
  return {
    path: `M${points.join('L')}`,
    ticks: powersOfTen(first, last).map((rate) => ({ x: x(rate), rate })),
    suggestion: at < 0 ? null : { x: x(suggestion!), y: y(losses[at]!) },
  }
}
