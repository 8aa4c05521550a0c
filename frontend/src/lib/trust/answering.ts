/** What answering only when sure enough gives: the figures at a threshold, and the threshold that costs least. */

import type { Answering } from '../api/types'

export interface Answered {
  threshold: number
  answered: number
  right: number
  share: number
  accuracy: number | null
  interval: [number, number] | null
  /** Images without an answer that would have been right, and wrong. */
  missedRight: number
  missedWrong: number
}

/** Returns the figures at the threshold that is nearest to `threshold`. */
export function answeredAt(answering: Answering, threshold: number): Answered {
  const at = Math.min(answering.threshold.length - 1, Math.max(0, Math.round(threshold * (answering.threshold.length - 1))))
  const [all, allRight] = [answering.answered[0]!, answering.right[0]!]
  const [answered, right] = [answering.answered[at]!, answering.right[at]!]
  return {
    threshold: answering.threshold[at]!,
    answered,
    right,
    share: answering.share[at]!,
    accuracy: answering.accuracy[at] ?? null,
    interval: answering.interval[at] ?? null,
    missedRight: allRight - right,
    missedWrong: all - answered - (allRight - right),
  }
}

/** Returns the threshold with the lowest cost, if a wrong answer costs as much as `cost` images without an answer. */
export function cheapestThreshold(answering: Answering, cost: number): number {
  const all = answering.answered[0]!
  const costs = answering.threshold.map((_, at) => (answering.answered[at]! - answering.right[at]!) * cost + all - answering.answered[at]!)
  return answering.threshold[costs.indexOf(Math.min(...costs))]!
}

/** Reads a threshold from the address; null if it has none that is allowed. */
export function thresholdOf(text: string | null): number | null {
  const value = text === null || text === '' ? NaN : Number(text)
  return value >= 0 && value <= 1 ? value : null
}

/** Returns where the chart begins: the last threshold at which every image is answered. */
export const firstUseful = (answering: Answering): number => answering.threshold[Math.max(0, answering.share.findIndex((share) => share < 1) - 1)] ?? 0

export interface LinePoint {
  at: number
  value: number
}

/** Returns the points of a line down to the place where it first falls below `floor`, which is the last one. */
export function downTo(floor: number, points: LinePoint[]): LinePoint[] {
  const end = points.findIndex(({ value }) => value < floor)
  if (end < 1) return end === 0 ? [] : points
  const [above, below] = [points[end - 1]!, points[end]!]
  const part = (above.value - floor) / (above.value - below.value)
  return [...points.slice(0, end), { at: above.at + part * (below.at - above.at), value: floor }]
}
