/** Describes the speed of each precision on this server's workers, and recommends the fastest. */

import type { Catalog } from '../api/types'

type Offer = Catalog['precisions'][number]

/** "mixed_bfloat16: about 1.6 × as fast here". */
export function gainText({ name, gain }: Offer): string {
  if (name === 'float32') return name
  if (gain === null) return `${name}: not measured yet`
  if (gain < 0.95) return `${name}: about ${gain.toFixed(1)} × the speed of float32`
  return gain < 1.05 ? `${name}: as fast as float32` : `${name}: about ${gain.toFixed(1)} × the speed of float32`
}

/** Returns the fastest precision when float32 is chosen and another one is faster. */
export function recommendedPrecision(precisions: Offer[], chosen: string): Offer | null {
  const fast = precisions.filter((offer) => offer.fast && offer.name !== 'float32' && offer.gain !== null)
  const best = fast.sort((a, b) => b.gain! - a.gain!)[0]
  return chosen === 'float32' && best ? best : null
}
