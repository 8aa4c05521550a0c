/** The confusion matrix as it is shown: shares, edges, and colours that can be read. Rows true, columns predicted. */

export type Normalise = 'none' | 'true' | 'pred'

const sum = (values: number[]): number => values.reduce((total, value) => total + value, 0)
const share = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole)

export const rowTotals = (matrix: number[][]): number[] => matrix.map(sum)
export const columnTotals = (matrix: number[][]): number[] => matrix.map((_, to) => sum(matrix.map((row) => row[to]!)))

/** Of the images of each class, the share that was found. */
export function recalls(matrix: number[][]): (number | null)[] {
  return rowTotals(matrix).map((total, at) => share(matrix[at]![at]!, total))
}

/** Of the images that were given each class, the share that has it. */
export function precisions(matrix: number[][]): (number | null)[] {
  return columnTotals(matrix).map((total, at) => share(matrix[at]![at]!, total))
}

export function accuracy(matrix: number[][]): number | null {
  return share(sum(matrix.map((row, at) => row[at]!)), sum(rowTotals(matrix)))
}

/** Shares of the row (`true`) or of the column (`pred`); counts stay counts. */
export function normalised(matrix: number[][], by: Normalise): number[][] {
  if (by === 'none') return matrix
  const totals = by === 'true' ? rowTotals(matrix) : columnTotals(matrix)
  return matrix.map((row, from) => row.map((value, to) => share(value, totals[by === 'true' ? from : to]!) ?? 0))
}

/** How strongly each cell is coloured, 0 to 1. Hits and mistakes have a scale each, so that 70 mistakes
 * stand out beside 923 hits. */
export function strengths(values: number[][]): number[][] {
  const hits = Math.max(...values.map((row, at) => row[at]!), 0)
  const misses = Math.max(...values.flatMap((row, from) => row.filter((_, to) => from !== to)), 0)
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

/** `hue` over `ground` with opacity `strength`. */
export function mixed(hue: Rgb, ground: Rgb, strength: number): Rgb {
  return hue.map((channel, at) => Math.round(channel * strength + ground[at]! * (1 - strength))) as Rgb
}

/** Relative luminance by WCAG 2. */
function luminance(colour: Rgb): number {
  const [r, g, b] = colour.map((channel) => {
    const value = channel / 255
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  }) as Rgb
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

export function contrast(one: Rgb, other: Rgb): number {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a)
  return (light! + 0.05) / (dark! + 0.05)
}

/** Whether black or white text reads better on `ground`; the better one is never under 4.5:1. */
export function ink(ground: Rgb): 'black' | 'white' {
  return contrast([0, 0, 0], ground) >= contrast([255, 255, 255], ground) ? 'black' : 'white'
}
