/** The lines and axes of a chart that overlays several runs or groups, independent of Plotly. */

import type { Palette } from '../palette.svelte'

export type Values = (number | null)[]

/** One line of a chart: a run, or the mean of a group of `n` runs with the band from `low` to `high`. */
export interface OverlayLine {
  key: string
  name: string
  hue: number
  kind: 'validation' | 'training'
  n: number
  x: number[]
  mean: Values
  low: Values
  high: Values
  /** Index of the best epoch; null where it is unknown or the line has none. */
  best: number | null
}

export type Horizontal = 'epoch' | 'seconds' | 'images'

/** Input of one chart. `weight` is that of the smoothing, 0 for none; `zoom` the shown part of the axis in epochs, seconds or images;
 * `focus` the key of the line that stands out. Sizes are in pixels. */
export interface Overlay {
  metric: string
  x: Horizontal
  lines: OverlayLine[]
  weight: number
  zoom: [number, number] | null
  focus: string | null
  width: number
  height: number
  palette: Palette
}

export interface Unit {
  name: string
  size: number
}

/** Returns the unit in which the axis is labelled: minutes of a run of an hour, thousands of images. */
export function axisUnit({ x, lines }: Pick<Overlay, 'x' | 'lines'>): Unit {
  const end = Math.max(0, ...lines.map((line) => line.x.at(-1) ?? 0))
  if (x === 'epoch') return { name: '', size: 1 }
  if (x === 'images') return end < 2e6 ? { name: 'k', size: 1e3 } : { name: 'M', size: 1e6 }
  if (end < 120) return { name: 's', size: 1 }
  return end < 7200 ? { name: 'min', size: 60 } : { name: 'h', size: 3600 }
}

export function scaled(overlay: Overlay, x: number[]): number[] {
  const { size } = axisUnit(overlay)
  return size === 1 ? x : x.map((value) => value / size)
}

export type Range = [number, number]

export function xRange(overlay: Overlay): Range {
  const { size } = axisUnit(overlay)
  if (overlay.zoom) return [overlay.zoom[0] / size, overlay.zoom[1] / size]
  const ends = overlay.lines.flatMap((line) => (line.x.length ? [line.x[0]!, line.x.at(-1)!] : []))
  const low = overlay.x === 'epoch' ? Math.min(...ends, Infinity) : 0
  const high = Math.max(...ends, 1) / size
  return [Number.isFinite(low) && low < high ? low : 0, high]
}

/** Covers what is visible, so that a part of the axis is drawn at its own height. */
export function yRange(overlay: Overlay, [from, to]: Range): Range | null {
  const { size } = axisUnit(overlay)
  let low = Infinity
  let high = -Infinity
  for (const line of overlay.lines) {
    line.x.forEach((x, at) => {
      if (x / size < from || x / size > to || line.mean[at] == null) return
      low = Math.min(low, line.low[at] ?? line.mean[at]!)
      high = Math.max(high, line.high[at] ?? line.mean[at]!)
    })
  }
  if (low > high) return null
  const room = Math.max((high - low) * 0.06, Math.abs(high) * 0.002, 1e-9)
  return [low - room, high + room]
}
