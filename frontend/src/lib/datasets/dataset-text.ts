/** Describes a dataset: size, image shape, classes and status. */

import { bytes, count, plural } from '../text/format'
import { FIT_WORDS, madeOf } from './versions'
import type { Dataset, StoredSplit } from '../api/types'

/** All splits that a dataset may have, in stored order. */
export const STORED_SPLITS: StoredSplit[] = ['train', 'validation', 'test']

export const total = (values: number[] | undefined): number => (values ?? []).reduce((sum, value) => sum + value, 0)

/** "28 × 28 grayscale" or "32 × 32 RGB". */
export function shapeText(dataset: Dataset): string {
  if (!dataset.image_shape) return ''
  const [height, width, channels] = dataset.image_shape
  return `${height} × ${width} ${channels === 1 ? 'grayscale' : 'RGB'}`
}

/** "60,000 train, 10,000 test images". */
export function sizeText(dataset: Dataset): string {
  if (!dataset.counts) return ''
  const sizes = Object.entries(dataset.counts).map(([split, counts]) => `${count(total(counts))} ${split}`)
  return `${sizes.join(', ')} images`
}

/** "200 images of 32 × 32 pixels in 5 classes", of all splits; empty for a dataset that was not read yet. */
export function imagesText(dataset: Dataset): string {
  const { counts, image_shape: shape } = dataset
  if (!counts || !shape) return ''
  const images = total(Object.values(counts).map(total))
  return `${plural(images, 'image')} of ${shape[0]} × ${shape[1]} pixels in ${classCountText(dataset)}`
}

/** Says what preparing a built-in dataset does first, such as "170 MB download"; empty for one that is stored. */
export function preparationText({ status, cached, download_bytes }: Dataset): string {
  if (status !== 'missing' && status !== 'failed') return ''
  if (cached) return 'unpacking'
  return download_bytes ? `${bytes(download_bytes)} download` : 'download'
}

const STATUS_TITLES = { missing: 'Not downloaded', preparing: 'Preparing', ready: 'Ready', failed: 'Failed' }

export const statusTitle = ({ status, cached }: Dataset): string => (status === 'missing' && cached ? "In Keras' cache" : STATUS_TITLES[status])

/** "Not downloaded, 170 MB" of a choice in the form; empty for a dataset that is ready. An upload that is gone can't be downloaded. */
export function choiceText(dataset: Dataset): string {
  const { status, origin, cached, download_bytes } = dataset
  if (status === 'ready') return ''
  const isGone = status === 'missing' && origin !== 'built_in'
  const isDownloaded = status === 'preparing' || cached || !download_bytes
  return [isGone ? 'Missing' : statusTitle(dataset), isDownloaded ? '' : bytes(download_bytes)].filter(Boolean).join(', ')
}

/** Describes the dataset in one line, with what failed. A version is made without a progress bar, so its progress is written here. */
export function datasetSummary(dataset: Dataset): string {
  const shape = dataset.image_shape ? [shapeText(dataset), fitText(dataset)].filter(Boolean).join(', ') : ''
  const known = [sizeText(dataset), shape, classCountText(dataset), madeOf(dataset)].filter(Boolean).join(' · ')
  return [known, statusText(dataset)].filter(Boolean).join(' · ')
}

function statusText({ status, origin, counts, cached }: Dataset): string {
  if (origin === 'version' && status === 'preparing') return 'being made'
  if (counts || status !== 'failed') return ''
  if (origin === 'version') return 'making it failed'
  return origin === 'upload' ? 'processing failed' : cached ? 'unpacking failed' : 'download failed'
}

export function classCountText(dataset: Dataset): string {
  return dataset.classes ? plural(dataset.classes.length, 'class', 'classes') : ''
}

/** How the images were made square: "cropped", "padded" or "stretched"; empty for a built-in dataset. */
function fitText(dataset: Dataset): string {
  return dataset.fit ? FIT_WORDS[dataset.fit] : ''
}

/** Says what was done with pictures that an upload had in several classes; empty where all of them were kept. */
export function contradictionsText({ settled, handled }: NonNullable<Dataset['contradictions']>): string {
  if (!settled) return ''
  const used = handled === 'first' ? 'only those of the first class by name are used' : 'none of the files is used'
  return `${plural(settled, 'picture was', 'pictures were')} in more than one class: ${used}.`
}
