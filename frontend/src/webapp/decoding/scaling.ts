/** Scales pixels to what the network takes, with the float32 arithmetic of the training. */

import type { Pixels } from './pixels'

export type Scaling = 'unit' | 'signed' | 'standard' | 'none'

export interface Statistics {
  mean: number[]
  deviation: number[]
}

const { fround } = Math

export function scaled({ data, channels }: Pixels, scaling: Scaling, statistics: Statistics | null): Float32Array {
  const tables = Array.from({ length: channels }, (_, channel) => tableOf(scaling, statistics, channel))
  return Float32Array.from(data, (value, index) => tables[index % channels]![value]!)
}

/** Returns what each of the 256 values becomes. */
function tableOf(scaling: Scaling, statistics: Statistics | null, channel: number): Float32Array {
  const mean = fround(statistics?.mean[channel] ?? 0)
  const deviation = fround(statistics?.deviation[channel] ?? 1)
  const scale: Record<Scaling, (value: number) => number> = {
    unit: (value) => value / 255,
    signed: (value) => fround(value / 127.5) - 1,
    standard: (value) => fround(value - mean) / deviation,
    none: (value) => value,
  }
  return Float32Array.from({ length: 256 }, (_, value) => scale[scaling](value))
}
