/** What a precision buys on this board's workers, in words. */

import type { Catalog } from './types'

type Offer = Catalog['precisions'][number]

/** "mixed_bfloat16: about 1.6 × as fast here". */
export function gainText({ name, gain }: Offer): string {
  if (name === 'float32') return name
  if (gain === null) return `${name}: not timed here`
  if (gain < 0.95) return `${name}: about ${gain.toFixed(1)} × as fast here, so slower`
  return gain < 1.05 ? `${name}: as fast as float32 here` : `${name}: about ${gain.toFixed(1)} × as fast here`
}

/** The fastest one, where it is worth a word to somebody who trains in float32. */
export function advised(precisions: Offer[], chosen: string): Offer | null {
  const fast = precisions.filter((offer) => offer.fast && offer.name !== 'float32' && offer.gain !== null)
  const best = fast.sort((one, other) => other.gain! - one.gain!)[0]
  return chosen === 'float32' && best ? best : null
}
