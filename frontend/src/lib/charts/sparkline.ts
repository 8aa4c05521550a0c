/** The SVG path of a sparkline. */

const WIDTH = 96
const HEIGHT = 24
const EDGE = 2

/** Returns the path with a gap where a value is null; empty with fewer than two values. */
export function sparkPath(values: (number | null)[]): string {
  const known = values.filter((value) => value !== null)
  if (known.length < 2) return ''
  const low = Math.min(...known)
  const span = Math.max(...known) - low
  const x = (at: number): number => EDGE + (at / (values.length - 1)) * (WIDTH - 2 * EDGE)
  const y = (value: number): number =>
    span === 0 ? HEIGHT / 2 : HEIGHT - EDGE - ((value - low) / span) * (HEIGHT - 2 * EDGE)
  return values
    .map((value, at) =>
      value === null ? '' : `${values[at - 1] == null ? 'M' : 'L'}${x(at).toFixed(1)} ${y(value).toFixed(1)}`,
    )
    .join('')
}
