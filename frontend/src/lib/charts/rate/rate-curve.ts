/** The learning rate over the epochs as an SVG path. */

const EDGE = 3

/** Returns the SVG path of the rates, from 0 at the bottom to the highest rate at the top; empty without rates. */
export function ratePath(rates: number[], width: number, height: number): string {
  const high = Math.max(...rates, 0)
  if (rates.length === 0 || high === 0) return ''
  const inner = width - 2 * EDGE
  const x = (place: number): number => EDGE + (rates.length === 1 ? 0 : (place / (rates.length - 1)) * inner)
  const y = (rate: number): number => height - EDGE - (rate / high) * (height - 2 * EDGE)
  const points = rates.map((rate, place) => `${x(place).toFixed(1)} ${y(rate).toFixed(1)}`)
  return `M${points.join('L')}${rates.length === 1 ? `H${width - EDGE}` : ''}`
}

/** Formats a rate with two significant digits: 0.001, 0.00025, 3.1e-7. */
export const rateText = (rate: number): string => String(Number(rate.toPrecision(2)))
