/** The 95% interval of a share, by Wilson, as the server computes it for accuracies (backend/analysis/statistics/intervals.py). */

import { count, percent } from './format'

const Z = 1.959963984540054
/** Of a class: with fewer, even a recall of 100% may be one of 72%. */
export const FEW_IMAGES = 10

export function wilson(share: number, images: number): [number, number] {
  const weight = Z ** 2 / images
  const centre = (share + weight / 2) / (1 + weight)
  const half = Math.sqrt(share * (1 - share) * weight + weight ** 2 / 4) / (1 + weight)
  return [Math.max(0, centre - half), Math.min(1, centre + half)]
}

/** "89.9 to 91.0%"; empty where the share or the number of images is unknown. */
export function intervalText(share: number | null | undefined, images: number | null | undefined): string {
  if (share == null || !images || share < 0 || share > 1) return ''
  const [low, high] = wilson(share, images)
  return `${percent(low, 1).replace('%', '')} to ${percent(high, 1)}`
}

/** "95% interval 89.9 to 91.0% on 10,000 images". */
export function intervalNote(share: number | null | undefined, images: number | null | undefined): string {
  const interval = intervalText(share, images)
  return interval && `95% interval ${interval} on ${count(images)} images`
}
