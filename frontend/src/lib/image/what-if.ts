/** The sliders that change an image: their ranges, texts, and the bands below them. */

import type { Change, Changes } from '../api/samples'
import type { Bands } from '../api/types'
import { shortened } from '../text/format'

export interface Slider {
  change: Change
  title: string
  low: number
  high: number
  text: (value: number) => string
}

export const UNCHANGED: Changes = { rotate: 0, brightness: 0, blur: 0, noise: 0, crop: 0 }

const signed = (value: number, digits: number): string => (value < 0 ? '−' : '') + Math.abs(value).toFixed(digits)

/** Returns the sliders for an image of this size. The server computes bands over the same ranges. */
export function sliders([height, width]: number[]): Slider[] {
  const blur = Math.max(1, Math.round((Math.min(height!, width!) / 9) * 10) / 10)
  return [
    { change: 'rotate', title: 'Rotate', low: -30, high: 30, text: (value) => `${signed(value, 0)}°` },
    { change: 'brightness', title: 'Brightness', low: -1, high: 1, text: (value) => signed(value, 2) },
    { change: 'blur', title: 'Blur', low: 0, high: blur, text: (value) => `${value.toFixed(1)} px` },
    { change: 'noise', title: 'Noise', low: 0, high: 0.5, text: (value) => value.toFixed(2) },
    { change: 'crop', title: 'Crop', low: 0, high: 0.4, text: (value) => `${Math.round(value * 100)}%` },
  ]
}

export type Band = Bands[Change][number]

/** "Dress from −21° to 12°", for the answer that the image has now; "Dress throughout". */
export function bandText(bands: Band[], value: number, { low, high, text }: Slider): string {
  const band = bands.find((part) => value <= part.high) ?? bands.at(-1)
  if (!band) return ''
  const name = shortened(band.class, 24)
  const [isFirst, isLast] = [band.low <= low, band.high >= high]
  if (isFirst && isLast) return `${name} throughout`
  if (isFirst) return `${name} up to ${text(band.high)}`
  return isLast ? `${name} from ${text(band.low)}` : `${name} from ${text(band.low)} to ${text(band.high)}`
}

/** "12°, blur 0.8 px", or "As it is". */
export function changesText(changes: Changes, all: Slider[]): string {
  const parts = all.filter(({ change }) => changes[change] !== 0).map(({ change, title, text }) => `${change === 'rotate' ? 'turned' : title.toLowerCase()} ${text(changes[change])}`)
  return parts.join(', ')
}

export const isUnchanged = (changes: Changes): boolean => Object.values(changes).every((value) => value === 0)
