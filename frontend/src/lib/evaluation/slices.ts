/** Slices: images that have something in common, as rows of a chart and as text. */

import type { Slice, Slices } from '../api/types'
import { count, listed, percent } from '../text/format'

/** Which slices are shown: those that were found to be weak, or all by one attribute. */
export const FOUND = 'found'

/** Returns the slices shown; of an attribute in the order of its bins, except for classes, the weakest of which come first. */
export function shownSlices({ items }: Pick<Slices, 'items'>, by: string): Slice[] {
  if (by === FOUND) return items.filter((slice) => slice.found)
  const all = items.filter((slice) => slice.by === by && (by === 'class' || slice.class === null))
  return by === 'class' ? all.sort((a, b) => a.accuracy - b.accuracy) : all.sort((a, b) => (a.range?.[0] ?? 0) - (b.range?.[0] ?? 0) || a.accuracy - b.accuracy)
}

/** "58.1% of 248 images". */
export const sliceText = (slice: Pick<Slice, 'accuracy' | 'n'>): string => `${percent(slice.accuracy, 1)} of ${count(slice.n)} ${slice.n === 1 ? 'image' : 'images'}`

/** The lowest accuracy of the scale, a tenth below the lowest interval; the highest is 1. */
export function scaleStart(slices: Slice[], overall: number): number {
  const lowest = Math.min(overall, ...slices.map((slice) => slice.interval[0]))
  return Math.min(0.9, Math.max(0, Math.floor(lowest * 10) / 10))
}

/** Returns where a share lies on the scale, in percent of its width. */
export const scalePlace = (share: number, start: number): number => (100 * (share - start)) / (1 - start)

/** "3 weak slices of 214 that were compared, at least 100 images each". */
export function foundText({ items, compared, smallest }: Pick<Slices, 'items' | 'compared' | 'smallest'>): string {
  const found = items.filter((slice) => slice.found).length
  const size = `at least ${count(smallest)} images each`
  return found === 0 ? `No weak slice among ${count(compared)}, ${size}` : `${count(found)} weak of ${count(compared)} slices that were compared, ${size}`
}

/** Says what the images are not divided by, and why: "size of the original and folder (…)". */
export function missingText(missing: Slices['missing']): string {
  const reasons = [...new Set(missing.map(({ reason }) => reason))]
  return reasons.map((reason) => `${listed(missing.filter((attribute) => attribute.reason === reason).map(({ title }) => title.toLowerCase()))} (${reason})`).join('; ')
}
