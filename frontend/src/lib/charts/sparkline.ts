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

/** One scale for several lines. The lowest and the highest tenth of them may leave it, so that one that diverged does not flatten all others. */
export function curveScale(curves: (number | null)[][]): { low: number; high: number } {
  const drawn = curves.map((values) => values.filter((value) => value !== null)).filter((values) => values.length > 1)
  const lows = drawn.map((values) => Math.min(...values)).sort((a, b) => a - b)
  const highs = drawn.map((values) => Math.max(...values)).sort((a, b) => a - b)
  return { low: lows[Math.floor(lows.length / 10)] ?? 0, high: highs[Math.ceil(highs.length * 0.9) - 1] ?? 1 }
}

/** The path along the edges where a line leaves its scale; a hair beyond it is none. */
export function beyondPath(values: (number | null)[], frame: SparkFrame): string {
  const slack = (frame.high - frame.low) * 0.02
  return values
    .map((value, at) => {
      if (value === null || (value <= frame.high + slack && value >= frame.low - slack)) return ''
      const [x, y] = sparkPoint(at / Math.max(1, values.length - 1), value, frame)
      return `M${(x - 2).toFixed(1)} ${y.toFixed(1)}h4`
    })
    .join('')
}
