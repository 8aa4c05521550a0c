/** What a dataset is, in words. */

import { count, plural } from './format'
import type { Dataset } from './types'

export const total = (values: number[] | undefined): number => (values ?? []).reduce((sum, value) => sum + value, 0)

/** "28 × 28, grey" or "32 × 32, colour". */
export function shapeOf(dataset: Dataset): string {
  if (!dataset.image_shape) return ''
  const [height, width, channels] = dataset.image_shape
  return `${height} × ${width}, ${channels === 1 ? 'grey' : 'colour'}`
}

/** "60,000 to train, 10,000 to test". */
export function sizeOf(dataset: Dataset): string {
  if (!dataset.counts) return ''
  return Object.entries(dataset.counts)
    .map(([split, counts]) => `${count(total(counts))} to ${split}`)
    .join(', ')
}

/** All of it in one line; of one that is not here yet, that it isn't. */
export function summaryOf(dataset: Dataset): string {
  const known = [sizeOf(dataset), shapeOf(dataset), classesOf(dataset)].filter(Boolean).join(' · ')
  if (known) return known
  return dataset.status === 'preparing'
    ? 'Its images are being fetched and checked'
    : 'Its images are not on this machine yet'
}

export function classesOf(dataset: Dataset): string {
  return dataset.classes ? plural(dataset.classes.length, 'class', 'classes') : ''
}

/** Indexes spread evenly over a split, so that classes that lie together are all seen. */
export function spread(size: number, wanted: number, round: number): number[] {
  const amount = Math.min(size, wanted)
  return Array.from({ length: amount }, (_, at) => (Math.floor((at * size) / amount) + round) % size)
}
