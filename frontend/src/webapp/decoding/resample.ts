/**
 * Resizes as Pillow does with BICUBIC, to the same bytes: a cubic filter that widens with the reduction, whose weights are
 * integers of 22 bits, applied to columns and to rows, with 8 bits between the two.
 */

import { emptyPixels, type Pixels } from './pixels'

export type Box = readonly [left: number, top: number, right: number, bottom: number]

/** The weights of the source values from `start` on that make one value of the result. */
interface Weights {
  start: number
  values: Int32Array
}

const SUPPORT = 2
const PRECISION_BITS = 22
const HALF = 1 << (PRECISION_BITS - 1)

/** Returns the part of the image inside `box` at another size. */
export function resize(image: Pixels, width: number, height: number, box: Box = [0, 0, image.width, image.height]): Pixels {
  const columns = weightsOf(image.width, box[0], box[2], width)
  const rows = weightsOf(image.height, box[1], box[3], height)
  // The order changes some values by one; this is the one that Pillow 13 takes.
  const rowsFirst = image.height - height > Math.max(0, 2 * (image.width - width))
  return rowsFirst ? resizeColumns(resizeRows(image, rows), columns) : resizeRows(resizeColumns(image, columns), rows)
}

function weightsOf(length: number, from: number, to: number, count: number): Weights[] {
  const start = Math.fround(from) // Pillow holds the box in 32 bits
  const scale = Math.fround(Math.fround(to) - start) / count
  const filterScale = Math.max(scale, 1)
  const support = SUPPORT * filterScale
  return Array.from({ length: count }, (_, index) => {
    const center = start + (index + 0.5) * scale
    const first = Math.max(0, Math.trunc(center - support + 0.5))
    const last = Math.min(length, Math.trunc(center + support + 0.5))
    return { start: first, values: integers(first, last, center, 1 / filterScale) }
  })
}

function integers(first: number, last: number, center: number, stretch: number): Int32Array {
  const weights = Array.from({ length: last - first }, (_, index) => cubic((index + first - center + 0.5) * stretch))
  const sum = weights.reduce((total, weight) => total + weight, 0)
  return Int32Array.from(weights, (weight) => fixedPoint(weight / sum))
}

function cubic(distance: number): number {
  const x = Math.abs(distance)
  if (x < 1) return (1.5 * x - 2.5) * x * x + 1
  return x < 2 ? (((x - 5) * x + 8) * x - 4) * -0.5 : 0
}

const fixedPoint = (weight: number): number => Math.trunc(weight * (1 << PRECISION_BITS) + (weight < 0 ? -0.5 : 0.5))

function resizeColumns(image: Pixels, columns: Weights[]): Pixels {
  const result = emptyPixels(columns.length, image.height, image.channels)
  for (let row = 0; row < image.height; row++) {
    const from = row * image.width * image.channels
    const to = row * result.width * image.channels
    resizeLine(image.data, from, image.channels, columns, result.data, to, image.channels, image.channels)
  }
  return result
}

function resizeRows(image: Pixels, rows: Weights[]): Pixels {
  const result = emptyPixels(image.width, rows.length, image.channels)
  const line = image.width * image.channels
  resizeLine(image.data, 0, line, rows, result.data, 0, line, line)
  return result
}

/** Makes one value of each of `lanes` neighbours for each of `weights`; values of a lane are `step` apart. */
function resizeLine(
  source: Uint8Array, from: number, step: number, weights: Weights[],
  target: Uint8Array, to: number, stride: number, lanes: number,
): void {
  for (const { start, values } of weights) {
    for (let lane = 0; lane < lanes; lane++) {
      let sum = HALF
      for (let index = 0, at = from + start * step + lane; index < values.length; index++, at += step) {
        sum += source[at]! * values[index]!
      }
      target[to + lane] = Math.min(255, Math.max(0, sum >> PRECISION_BITS))
    }
    to += stride
  }
}
