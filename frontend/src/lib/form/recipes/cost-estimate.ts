/** Formats the estimated memory and time of a run. */

import { bytes } from '../../text/format'
import { mayEndEarly, valueAt } from '../../spec/spec'
import type { Spec, SpecCheck } from '../../api/types'

/** `epoch` and `total` are empty until a worker has timed its device: "about 31 s" if measured, else "20 to 50 s". */
export interface CostEstimate {
  memory: string
  epoch: string
  total: string
  isMeasured: boolean
}

/** Early stopping may end a run before its last epoch. */
export interface Length {
  epochs: number
  mayEndEarly: boolean
}

export const lengthOf = (spec: Spec): Length => ({
  epochs: Number(valueAt(spec, 'epochs')),
  mayEndEarly: mayEndEarly(spec),
})

type TimedCheck = Pick<SpecCheck, 'seconds_per_epoch' | 'seconds_per_epoch_range' | 'start_seconds' | 'feature_seconds' | 'feature_seconds_range'>

export function estimateCost(answer: SpecCheck, length: Length): CostEstimate {
  return {
    memory: answer.memory_bytes === null ? '' : `About ${bytes(answer.memory_bytes)} of memory.`,
    epoch: durationText({ ...answer, ...ONLY_EPOCHS }, { epochs: 1, mayEndEarly: false }),
    total: durationText(answer, length),
    isMeasured: answer.seconds_per_epoch !== null && !answer.seconds_per_epoch_range,
  }
}

const ONLY_EPOCHS = { start_seconds: 0, feature_seconds: 0, feature_seconds_range: null }

/** Formats how long a run takes: its start, the features that are computed once, and its epochs; with early stopping, the
 * most that is likely. The recipes' cards and the form use it, so that they say the same. */
export function durationText(answer: TimedCheck, { epochs, mayEndEarly }: Length): string {
  const { seconds_per_epoch: seconds, seconds_per_epoch_range: range, feature_seconds: features, feature_seconds_range: featureRange } = answer
  if (seconds === null || features === null) return ''
  const start = answer.start_seconds ?? 0
  const total = (place: 0 | 1): number => start + (featureRange?.[place] ?? features) + (range?.[place] ?? seconds) * epochs
  if (mayEndEarly) return `up to ${roughDuration(total(1))}`
  return range || featureRange ? roughRange(total(0), total(1)) : `about ${roughDuration(total(0))}`
}

/** Returns ", 18 to 25 min"; empty until a worker has timed its device. */
export function studyTimeText(range: number[] | null): string {
  if (!range) return ''
  const [low = 0, high = low] = range
  return high > low * 1.05 ? `, ${roughRange(low, high)}` : `, about ${roughDuration(high)}`
}

/** "8 to 20 s", "50 s to 2.1 min". */
export function roughRange(least: number, most: number): string {
  const [low, high] = [roughDuration(least), roughDuration(most)]
  const [number, unit] = low.split(' ')
  return high.endsWith(` ${unit}`) ? `${number} to ${high}` : `${low} to ${high}`
}

/** Formats a duration with two significant digits: "8.2 s", "98 s", "38 min", "2.4 h". */
export function roughDuration(seconds: number): string {
  if (seconds < 100) return `${twoDigits(seconds)} s`
  return seconds < 6000 ? `${twoDigits(seconds / 60)} min` : `${twoDigits(seconds / 3600)} h`
}

const twoDigits = (value: number): string => String(Number(value.toPrecision(2)))
