/** Numbers and cell colors of a confusion matrix: rows are true classes, columns predicted ones. */

export type Normalization = 'none' | 'true' | 'pred'

const sum = (values: number[]): number => values.reduce((total, value) => total + value, 0)
const share = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole)

export const rowTotals = (matrix: number[][]): number[] => matrix.map(sum)
export const columnTotals = (matrix: number[][]): number[] => matrix.map((_, to) => sum(matrix.map((row) => row[to]!)))

/** Returns the recall of each class; null for a class without images. */
export function recalls(matrix: number[][]): (number | null)[] {
  return rowTotals(matrix).map((total, at) => share(matrix[at]![at]!, total))
}

/** Returns the precision of each class; null for a class that was never predicted. */
export function precisions(matrix: number[][]): (number | null)[] {
  return columnTotals(matrix).map((total, at) => share(matrix[at]![at]!, total))
}

export function accuracy(matrix: number[][]): number | null {
  return share(sum(matrix.map((row, at) => row[at]!)), sum(rowTotals(matrix)))
}

/** Divides each cell by the total of its row (`true`) or its column (`pred`). */
export function normalize(matrix: number[][], by: Normalization): number[][] {
  if (by === 'none') return matrix
  const totals = by === 'true' ? rowTotals(matrix) : columnTotals(matrix)
  return matrix.map((row, from) => row.map((value, to) => share(value, totals[by === 'true' ? from : to]!) ?? 0))
}

/** The largest count of correct and of wrong predictions: the ends of the two color scales. */
export interface Scale {
  hits: number
  misses: number
}

/** Returns one scale for matrices that are shown side by side. */
export function scaleOf(matrices: number[][][]): Scale {
  const cells = matrices.flatMap((values) => values.flatMap((row, from) => row.map((value, to) => ({ value, isHit: from === to }))))
  const highest = (isHit: boolean): number => cells.reduce((most, cell) => (cell.isHit === isHit ? Math.max(most, cell.value) : most), 0)
  return { hits: highest(true), misses: highest(false) }
}

/** Returns the color strength of each cell, 0 to 1. Correct and wrong predictions have separate scales, so that
 * 70 mistakes stand out beside 923 correct predictions. */
export function strengths(values: number[][], { hits, misses }: Scale = scaleOf([values])): number[][] {
  return values.map((row, from) =>
    row.map((value, to) => {
      if (value <= 0) return 0
      return from === to ? 0.12 + 0.4 * (value / hits) : 0.08 + 0.82 * Math.sqrt(value / misses)
    }),
  )
}

/** Three channels, 0 to 255. */
export type Rgb = [number, number, number]

export function rgb(text: string): Rgb {
  const [r = 0, g = 0, b = 0] = text.trim().split(/\s+/).map(Number)
  return [r, g, b]
}

/** Blends `hue` over `ground` with opacity `strength`. */
export function mix(hue: Rgb, ground: Rgb, strength: number): Rgb {
  return hue.map((channel, at) => Math.round(channel * strength + ground[at]! * (1 - strength))) as Rgb
}

/** Relative luminance (WCAG 2). */
function luminance(color: Rgb): number {
  const [r, g, b] = color.map((channel) => {
    const value = channel / 255
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  }) as Rgb
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

export function contrast(first: Rgb, second: Rgb): number {
  const [light, dark] = [luminance(first), luminance(second)].sort((a, b) => b - a)
  return (light! + 0.05) / (dark! + 0.05)
}

/** Returns the text color with the higher contrast on `ground`, which is always at least 4.5:1. */
export function ink(ground: Rgb): 'black' | 'white' {
  return contrast([0, 0, 0], ground) >= contrast([255, 255, 255], ground) ? 'black' : 'white'
}

/** CSS of a cell with this color and the readable text color on it. */
export const shadeStyle = (shade: Rgb): string => `background: rgb(${shade.join(' ')}); color: var(--ink-${ink(shade)})`
