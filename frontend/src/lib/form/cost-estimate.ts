/** Formats the estimated memory and time of a run. */

import { bytes } from '../text/format'
import type { SpecCheck } from '../api/types'

/** `epoch` and `total` are empty until a worker has measured its speed. */
export interface CostEstimate {
  memory: string
  epoch: string
  total: string
}

export function estimateCost(answer: SpecCheck, epochs: number): CostEstimate {
  const seconds = answer.seconds_per_epoch
  return {
    memory: answer.memory_bytes === null ? '' : `About ${bytes(answer.memory_bytes)} of memory.`,
    epoch: seconds === null ? '' : roughDuration(seconds),
    total: seconds === null ? '' : roughDuration(seconds * epochs),
  }
}

/** Formats a duration with two significant digits: "8.2 s", "98 s", "38 min", "2.4 h". */
export function roughDuration(seconds: number): string {
  if (seconds < 100) return `${twoDigits(seconds)} s`
  return seconds < 6000 ? `${twoDigits(seconds / 60)} min` : `${twoDigits(seconds / 3600)} h`
}

const twoDigits = (value: number): string => String(Number(value.toPrecision(2)))
