/** What a run will cost, in words. */

import { bytes, duration } from './format'
import type { SpecCheck } from './types'

/** `epoch` and `all` are empty while nobody knows how fast this board is. */
export interface Costs {
  memory: string
  epoch: string
  all: string
}

export function costs(answer: SpecCheck, epochs: number): Costs {
  const seconds = answer.seconds_per_epoch
  return {
    memory: answer.memory_bytes === null ? '' : `Memory about ${bytes(answer.memory_bytes)}.`,
    epoch: seconds === null ? '' : duration(rounded(seconds)),
    all: seconds === null ? '' : duration(rounded(seconds * epochs)),
  }
}

/** Two digits: an estimate knows no more. */
export function rounded(seconds: number): number {
  return Number(seconds.toPrecision(2))
}
