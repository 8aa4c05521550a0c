/** Texts of the small TFLite files, which answer otherwise than the original and are shown with what that costs. */

import type { Export } from '../../api/types'
import { bytes, count, inPercent, percent } from '../../text/format'

export type Figures = NonNullable<Export['figures']>

/** A figure of a small file, and the original's beside it. */
export interface Cell {
  title: string
  value: string
  beside: string
}

export const isSmall = (item: Export): boolean => item.kind === 'tflite_float16' || item.kind === 'tflite_int8'

const signed = (share: number): string => `${share < 0 ? '−' : '+'}${inPercent(Math.abs(share))}`
const milliseconds = (value: number): string => `${value < 1 ? value.toPrecision(2) : value.toFixed(value < 10 ? 2 : 1)} ms`

/** Formats a difference of accuracies with its interval: "−1.0 points (−2.3 to +0.3)". */
export function differenceOf({ difference, difference_interval: [low, high] }: Figures): string {
  const points = difference === 0 ? '±0.0' : signed(difference)
  return `${points} points (${signed(low)} to ${signed(high)})`
}

export function cells(size: number, figures: Figures): Cell[] {
  return [
    { title: 'Size', value: bytes(size), beside: `of ${bytes(figures.original_bytes)}` },
    { title: 'Accuracy', value: percent(figures.accuracy), beside: `${differenceOf(figures)}, original ${percent(figures.original_accuracy)}` },
    { title: 'Same answers', value: percent(figures.same_answers), beside: `a probability differs by up to ${figures.largest_difference.toPrecision(2)}` },
    { title: 'One image', value: milliseconds(figures.prediction_ms), beside: `original ${milliseconds(figures.original_prediction_ms)}` },
  ]
}

/** Says what the figures were measured on. */
export function measuredOn({ images, of_images, processor }: Figures): string {
  const part = images < of_images ? ` of ${count(of_images)}` : ''
  return `Accuracy on ${count(images)}${part} validation images, beside the same network in float32; intervals are of 95%. Milliseconds are the shortest of 50 times on one thread of the worker’s machine: ${processor}.`
}
