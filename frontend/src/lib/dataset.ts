/** What a dataset is, in words. */

import { count, percent, plural } from './format'
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
  const shape = dataset.image_shape ? [shapeOf(dataset), fitOf(dataset)].filter(Boolean).join(', ') : ''
  const known = [sizeOf(dataset), shape, classesOf(dataset)].filter(Boolean).join(' · ')
  return [known, away(dataset)].filter(Boolean).join(' · ')
}

function away({ status, origin, counts }: Dataset): string {
  if (counts) return ''
  if (status === 'missing') return 'not on this machine yet'
  if (status === 'failed') return origin === 'upload' ? 'could not be read' : 'could not be fetched'
  return origin === 'upload' ? 'its images are being read and checked' : 'being fetched and checked'
}

export function classesOf(dataset: Dataset): string {
  return dataset.classes ? plural(dataset.classes.length, 'class', 'classes') : ''
}

/** "cropped"; empty for a built-in dataset. */
export function fitOf(dataset: Dataset): string {
  const words = { crop: 'cropped', pad: 'padded', stretch: 'stretched' }
  return dataset.fit ? words[dataset.fit] : ''
}

/** How uneven the classes are, where it matters; null where the largest has less than twice the smallest. */
export function uneven(dataset: Dataset): { head: string; text: string } | null {
  const counts = dataset.counts?.train ?? []
  const classes = dataset.classes ?? []
  const most = Math.max(...counts)
  const least = Math.min(...counts)
  if (counts.length < 2 || most < 2 * least) return null
  const [large, small] = [classes[counts.indexOf(most)], classes[counts.indexOf(least)]]
  const share = percent(most / total(counts), 1)
  return {
    head: `${small} has ${count(least)} training images, ${large} ${count(most)}.`,
    text: `Always answering ${large} would be right for ${share} of them. Balanced class weights help; they are in the section Optimiser.`,
  }
}
