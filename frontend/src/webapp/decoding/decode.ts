/** Reads files and frames of a camera into the pixels that the network takes. */

import { drafted, isJpeg } from './jpeg'
import type { Model } from '../model'
import { fromRgba, type Pixels } from './pixels'
import { toSquare } from './square'

const FORMATS = 'JPEG, PNG, WebP, GIF, BMP and AVIF'

/** Decodes an image file upright, without its color profile, on white where it is transparent. */
export async function decodeFile(file: Blob, model: Model): Promise<Pixels> {
  const bitmap = await createImageBitmap(file, { colorSpaceConversion: 'none' }).catch(() => {
    throw new Error(`This browser can’t read it as an image. Most browsers read ${FORMATS}.`)
  })
  try {
    const pixels = pixelsOf(bitmap, bitmap.width, bitmap.height, model)
    return fitted((await isJpeg(file)) ? drafted(pixels, sideOf(model)) : pixels, model)
  } finally {
    bitmap.close()
  }
}

export function decodeFrame(video: HTMLVideoElement, model: Model): Pixels {
  return fitted(pixelsOf(video, video.videoWidth, video.videoHeight, model), model)
}

const sideOf = (model: Model): number => model.preprocessing.image_shape[0]

const fitted = (pixels: Pixels, model: Model): Pixels => toSquare(pixels, sideOf(model), model.preprocessing.fit)

const canvas = document.createElement('canvas')
const context = canvas.getContext('2d', { willReadFrequently: true })!

/** Draws the source on white, and returns its pixels in the network's colors. */
function pixelsOf(source: CanvasImageSource, width: number, height: number, model: Model): Pixels {
  canvas.width = width
  canvas.height = height
  context.fillStyle = 'white'
  context.fillRect(0, 0, width, height)
  context.drawImage(source, 0, 0)
  return fromRgba(context.getImageData(0, 0, width, height).data, width, height, model.preprocessing.image_shape[2])
}
