/** What the page says of a robustness test. */

import type { Robustness } from '../api/evaluations'
import { csv } from '../text/csv'
import { inPercent, percent } from '../text/format'

export type Disturbance = Robustness['disturbances'][number]
export type Strength = Disturbance['strengths'][number]

/** A drop of so many points is shaded fully. */
const FULL_DROP = 0.5

/** Returns how strongly a cell is shaded, 0 to 1, by what the disturbance costs. */
export const shade = (strength: Strength, result: Robustness): number => Math.min(1, Math.max(0, result.clean.accuracy - strength.accuracy) / FULL_DROP)

/** "90.5" */
export const points = (share: number): string => inPercent(share)

/** "±1.0": half the widest 95% interval, in points. */
export function widest(result: Robustness): string {
  const widths = [result.clean, ...result.disturbances.flatMap(({ strengths }) => strengths)].map(({ interval }) => (interval[1] - interval[0]) / 2)
  return `±${inPercent(Math.max(...widths))}`
}

/** "Accuracy 74.6%, 95% interval 73.7 to 75.5%" */
export const exactly = ({ accuracy, interval }: { accuracy: number; interval: number[] }): string =>
  `Accuracy ${percent(accuracy)}, 95% interval ${percent(interval[0]).replace('%', '')} to ${percent(interval[1])}`

/** "Weakest against rotation: 15 degrees cost 15.9 points." Empty if nothing costs a point. */
export function weakest(result: Robustness): string {
  const last = [...result.disturbances].sort((a, b) => a.mean - b.mean)[0]!
  const middle = last.strengths[2]!
  const cost = (result.clean.accuracy - middle.accuracy) * 100
  return cost < 1 ? '' : `Weakest against ${inWords(last.name, middle.value)} cost ${cost.toFixed(1)} points.`
}

const inWords = (name: Disturbance['name'], value: number): string =>
  ({
    blur: `blur: a σ of ${value}% of the side`,
    noise: `noise: a σ of ${value} levels`,
    brightness: `darkness: ${value}% of the brightness`,
    jpeg: `JPEG: a quality of ${value}`,
    rotation: `rotation: ${value} degrees`,
  })[name]

export function robustnessCsv(result: Robustness): string {
  const head = ['disturbance', 'measure', 'strength', 'value', 'right', 'images', 'accuracy', 'low', 'high']
  const rows = result.disturbances.flatMap(({ name, measure, strengths }) =>
    strengths.map((item) => [name, measure, item.strength, item.value, item.right, result.images, item.accuracy, ...item.interval]))
  const clean = ['clean', '', 0, '', result.clean.right, result.images, result.clean.accuracy, ...result.clean.interval]
  return csv([head, clean, ...rows])
}
