/** What a run will cost, in words. */

import { bytes } from './format'
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
    epoch: seconds === null ? '' : roughly(seconds),
    all: seconds === null ? '' : roughly(seconds * epochs),
  }
}

/** A length of time with two digits, which is all that an estimate knows: "8.2 s", "98 s", "38 min", "2.4 h". */
export function roughly(seconds: number): string {
  if (seconds < 100) return `${two(seconds)} s`
  return seconds < 6000 ? `${two(seconds / 60)} min` : `${two(seconds / 3600)} h`
}

const two = (value: number): string => String(Number(value.toPrecision(2)))
