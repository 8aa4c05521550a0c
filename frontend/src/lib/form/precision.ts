/** Describes the speed of each precision on this server's workers, and recommends the fastest. */

import type { Catalog, SpecCheck } from '../api/types'

export const AUTO = 'auto'

type Offer = Catalog['precisions'][number]

/** "mixed_bfloat16: about 1.6× faster", compared with float32. */
export function gainText({ name, gain }: Offer): string {
  if (name === 'float32') return name
  if (name === AUTO) return 'auto: the worker decides'
  return `${name}: ${gain === null ? 'not measured yet' : speedText(gain)}`
}

/** "about 5× faster". `gain` is the time with float32, divided by the time with this precision. */
export function speedText(gain: number): string {
  if (gain > 0.95 && gain < 1.05) return 'as fast as float32'
  return gain > 1 ? `about ${times(gain)}× faster` : `about ${times(1 / gain)}× slower`
}

const times = (value: number): string => String(Number(value.toFixed(1)))

/** Returns what `auto` will probably become, if that is not float32, which then is one press away. */
export function expectedPrecision(answer: Pick<SpecCheck, 'precision'> | null, chosen: string): string | null {
  return answer && chosen === AUTO && answer.precision !== 'float32' ? answer.precision : null
}

/** Returns the fastest precision when float32 is chosen and another one is faster. */
export function recommendedPrecision(precisions: Offer[], chosen: string): Offer | null {
  const fast = precisions.filter((offer) => offer.fast && offer.name !== 'float32' && offer.gain !== null)
  const best = fast.sort((a, b) => b.gain! - a.gain!)[0]
  return chosen === 'float32' && best ? best : null
}
