/** The learning curve: its fitted power law, its axes, and what twice the data would bring. */

import type { LearningCurve } from '../../api/study-types'
import { count } from '../../text/format'
import { differenceText, objectiveTitle, valueText } from '../trials'

type Fit = NonNullable<LearningCurve['fit']>
const SAMPLES = 60

/** The power law a + b · images^c, with a negative c. */
export const fitted = ({ a, b, c }: Fit, images: number): number => a + b * images ** c

/** Returns points of the fitted curve from the fewest to `most` images, evenly spaced in the logarithm. */
export function fittedPoints(fit: Fit, fewest: number, most: number): { images: number; value: number }[] {
  return Array.from({ length: SAMPLES }, (_, at) => {
    const images = fewest * (most / fewest) ** (at / (SAMPLES - 1))
    return { images, value: fitted(fit, images) }
  })
}

/** "Twice the data, 120,000 images, would bring a val. accuracy of 93.10% (92.40% to 93.80%), +0.80 pt." */
export function twiceSentence(objective: string, { points, twice }: LearningCurve): string {
  const last = points.findLast((point) => point.mean !== null)
  if (!last) return 'The curve is drawn once the first runs have finished.'
  if (!twice) return 'A power law is fitted once at least three sizes have finished; until then nothing is said about more data.'
  const range = twice.low === null || twice.high === null ? '' : ` (95% interval ${valueText(objective, twice.low)} to ${valueText(objective, twice.high)})`
  return `Twice the data, ${count(twice.images)} images, would bring a ${objectiveTitle(objective)} of about ${valueText(objective, twice.value)}${range}: ${differenceText(objective, twice.value - last.mean!)}.`
}
