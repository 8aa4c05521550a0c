/** Reads files and frames of a camera into the pixels that the network takes. */

import type { Model } from './model'
import { fromRgba, type Pixels } from './pixels'
import { toSquare } from './square'

const FORMATS = 'JPEG, PNG, WebP, GIF, BMP and AVIF'

/** Decodes an image file upright, without its color profile, on white where it is transparent. */
export async function decodeFile(file: Blob, model: Model): Promise<Pixels> {
  const bitmap = await createImageBitmap(file, { colorSpaceConversion: 'none' }).catch(() => {
    throw new Error(`This browser can’t read it as an image. Most browsers read ${FORMATS}.`)
  })
  try {
    return networkInput(bitmap, bitmap.width, bitmap.height, model)
  } finally {
    bitmap.close()
  }
}

export function decodeFrame(video: HTMLVideoElement, model: Model): Pixels {
  return networkInput(video, video.videoWidth, video.videoHeight, model)
}

function networkInput(source: CanvasImageSource, width: number, height: number, model: Model): Pixels {
  const { image_shape: [side, , channels], fit } = model.preprocessing
  return toSquare(fromRgba(rgbaOf(source, width, height), width, height, channels), side, fit)
}

const canvas = document.createElement('canvas')
const context = canvas.getContext('2d', { willReadFrequently: true })!

function rgbaOf(source: CanvasImageSource, width: number, height: number): Uint8ClampedArray {
  canvas.width = width
  canvas.height = height
  context.fillStyle = 'white'
  context.fillRect(0, 0, width, height)
  context.drawImage(source, 0, 0)
  return context.getImageData(0, 0, width, height).data
}
