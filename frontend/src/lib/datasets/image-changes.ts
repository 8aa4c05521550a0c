/** Changes of how a dataset's images are decoded, for its next version: size, fit and color. */

import type { Dataset, VersionRequest } from '../api/types'
import { bytes, plural } from '../text/format'
import { shapeText, total } from './dataset-text'

export interface ImageChoice {
  /** Side in pixels, as typed. */
  size: string
  fit: string
  color: string
}

export const currentImages = ({ image_size, fit, color }: Dataset): ImageChoice => ({ size: String(image_size ?? ''), fit: fit ?? '', color: color ?? '' })

export const hasOriginals = ({ original_bytes }: Dataset): boolean => original_bytes != null

/** Returns the request for a version, with what differs; null if nothing does. */
export function imageRequest(dataset: Dataset, choice: ImageChoice): VersionRequest | null {
  const now = currentImages(dataset)
  const request = {
    ...(Number(choice.size) === dataset.image_size ? {} : { image_size: Number(choice.size) }),
    ...(choice.fit === now.fit ? {} : { fit: choice.fit }),
    ...(choice.color === now.color ? {} : { color: choice.color }),
  }
  return Object.keys(request).length ? (request as VersionRequest) : null
}

/** "20 images of 64 × 64 RGB, about 246 KB on disk". */
export function versionText(dataset: Dataset, { size, color }: ImageChoice): string {
  const images = Object.values(dataset.counts ?? {}).reduce((sum, counts) => sum + total(counts), 0)
  const shape = [Number(size), Number(size), color === 'grayscale' ? 1 : 3]
  const needed = images * shape.reduce((product, side) => product * side, 1)
  return `${plural(images, 'image')} of ${shapeText({ ...dataset, image_shape: shape })}, about ${bytes(needed)} on disk`
}

/** "61 KB of images and 12 KB of the zip that was uploaded, which its versions share". */
export function diskUse({ disk_bytes, feature_bytes, original_bytes, version }: Dataset): string {
  if (disk_bytes == null) return ''
  const original = version === 1 ? (original_bytes ?? 0) : 0
  const images = `${bytes(disk_bytes - original - feature_bytes)} of images`
  return original ? `${images} and ${bytes(original)} of the zip that was uploaded` : images
}
