/** The SVG path of a sparkline. */

export const WIDTH = 96
export const HEIGHT = 24
const EDGE = 2.5

export interface SparkFrame {
  /** The values at the lower and the upper edge; values beyond are drawn at the edge. */
  low: number
  high: number
  /** The part of the width that the values fill: a run at half of its epochs fills a half. */
  extent: number
}

/** Returns the path with a gap where a value is null; empty with fewer than two values. */
export function sparkPath(values: (number | null)[], frame: SparkFrame): string {
  if (values.filter((value) => value !== null).length < 2) return ''
  return values
    .map((value, at) => {
      if (value === null) return ''
      const [x, y] = sparkPoint(at / (values.length - 1), value, frame)
      return `${values[at - 1] == null ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`
    })
    .join('')
}

/** The place of a value; `share` is its position between the first value (0) and the last one (1). */
export function sparkPoint(share: number, value: number, { low, high, extent }: SparkFrame): [number, number] {
  const level = high > low ? Math.min(1, Math.max(0, (value - low) / (high - low))) : 0.5
  return [EDGE + share * extent * (WIDTH - 2 * EDGE), HEIGHT - EDGE - level * (HEIGHT - 2 * EDGE)]
}

/** The frame of a line on a scale of its own. */
export function ownFrame(values: (number | null)[], extent: number): SparkFrame {
  const known = values.filter((value) => value !== null)
  return { low: Math.min(...known), high: Math.max(...known), extent }
}
