/** Fits an image to the square that the network takes, as `backend/datasets/pictures/decode.py` does. */

import { emptyPixels, type Pixels } from './pixels'
import { resize, type Box } from './resample'

export type Fit = 'crop' | 'pad' | 'stretch'

export function toSquare(image: Pixels, side: number, fit: Fit): Pixels {
  if (fit === 'pad') return padded(image, side)
  return resize(image, side, side, fit === 'crop' ? middle(image) : undefined)
}

/** Returns the largest square in the middle of an image. */
function middle({ width, height }: Pixels): Box {
  const side = Math.min(width, height)
  const [left, top] = [(width - side) / 2, (height - side) / 2]
  return [left, top, left + side, top + side]
}

function padded(image: Pixels, side: number): Pixels {
  const scale = side / Math.max(image.width, image.height)
  const width = Math.max(1, roundHalfToEven(image.width * scale))
  const height = Math.max(1, roundHalfToEven(image.height * scale))
  return paste(resize(image, width, height), emptyPixels(side, side, image.channels))
}

function paste(image: Pixels, square: Pixels): Pixels {
  const left = Math.floor((square.width - image.width) / 2)
  const top = Math.floor((square.height - image.height) / 2)
  const line = image.width * image.channels
  for (let row = 0; row < image.height; row++) {
    const to = ((top + row) * square.width + left) * image.channels
    square.data.set(image.data.subarray(row * line, (row + 1) * line), to)
  }
  return square
}

function roundHalfToEven(value: number): number {
  const down = Math.floor(value)
  if (value - down === 0.5) return down + (down % 2)
  return Math.round(value)
}
