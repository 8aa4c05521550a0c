/**
 * Pillow decodes a JPEG at a half, a quarter or an eighth where that is large enough (`draft` in
 * `backend/datasets/pictures/decode.py`). A browser can't: averages of as many pixels come within a few levels of it.
 */

import { emptyPixels, type Pixels } from './pixels'

const FACTORS = [8, 4, 2]
const DRAFT_FACTOR = 2

export async function isJpeg(file: Blob): Promise<boolean> {
  const [first, second] = new Uint8Array(await file.slice(0, 2).arrayBuffer())
  return first === 0xff && second === 0xd8
}

/** Reduces an image as Pillow would decode it for a square of `side` pixels. */
export function drafted(image: Pixels, side: number): Pixels {
  const most = Math.floor(Math.min(image.width, image.height) / (DRAFT_FACTOR * side))
  const factor = FACTORS.find((factor) => factor <= most)
  return factor ? averaged(image, factor) : image
}

/** Averages blocks of `factor` × `factor` pixels; those at the right and bottom edges may be smaller. */
export function averaged(image: Pixels, factor: number): Pixels {
  const result = emptyPixels(Math.ceil(image.width / factor), Math.ceil(image.height / factor), image.channels)
  let at = 0
  for (let top = 0; top < image.height; top += factor) {
    for (let left = 0; left < image.width; left += factor) {
      for (let channel = 0; channel < image.channels; channel++) result.data[at++] = average(image, left, top, factor, channel)
    }
  }
  return result
}

function average({ width, height, channels, data }: Pixels, left: number, top: number, factor: number, channel: number): number {
  const [right, bottom] = [Math.min(width, left + factor), Math.min(height, top + factor)]
  let sum = 0
  for (let row = top; row < bottom; row++) {
    for (let column = left; column < right; column++) sum += data[(row * width + column) * channels + channel]!
  }
  return Math.round(sum / ((right - left) * (bottom - top)))
}
