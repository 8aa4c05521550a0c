/** The ladder: what each ingredient bought, in words and positions. */

import type { Rung } from '../../api/study-types'
import { listed } from '../../text/format'
import { SIGNIFICANCE } from '../../text/significance'
import { objectiveScale, type Scale } from '../scale'
import { differenceText, valueText } from '../trials'

export interface Step {
  rung: Rung
  mean: number | null
  /** Mean of the rung below; null on the first one, and while one of the two is not known. */
  before: number | null
  mayBeChance: boolean
}

export function ladderSteps(rungs: Rung[]): Step[] {
  return rungs.map((rung, at) => ({
    rung,
    mean: rung.mean,
    before: rung.mean === null ? null : (rungs[at - 1]?.mean ?? null),
    mayBeChance: isChance(rung),
  }))
}

function isChance({ gain, p_value: p }: Rung): boolean {
  return gain !== null && (p === null || p >= SIGNIFICANCE) // a single seed can't tell
}

/** Share of the axis that is kept free above and below the rungs, for their labels. */
const LABEL_ROOM = 0.16

export function ladderScale(objective: string, rungs: Rung[]): Scale {
  const values = rungs.flatMap(({ mean, deviation }) => (mean === null ? [] : [mean - (deviation ?? 0), mean + (deviation ?? 0)]))
  const room = values.length ? (Math.max(...values) - Math.min(...values)) * LABEL_ROOM : 0
  return objectiveScale(objective, values.length ? [...values, Math.max(...values) + room, Math.min(...values) - room] : [])
}

/** Height below which the change of a rung is written outside of its block, in pixels. */
const INSIDE_HEIGHT = 54

/** Returns where the labels of a rung stand, for the vertical positions of the mean, of the rung below it, and of the band's
 * ends: the value beyond the band, the change inside its block or on the other side of it. */
export function labelPlaces(mean: number, from: number, top: number, bottom: number): { value: number; change: number } {
  const isRise = mean <= from
  const value = isRise ? top - 10 : bottom + 18
  if (Math.abs(from - mean) > INSIDE_HEIGHT) return { value, change: (isRise ? bottom + from : from + top) / 2 + 4 }
  return { value, change: isRise ? Math.max(from, bottom) + 18 : Math.min(from, top) - 22 }
}

/** "+14.9 pt from bottom to top. Pooling bought the most, +6.3 pt." */
export function ladderSentence(objective: string, steps: Step[]): string {
  const known = steps.filter((step) => step.mean !== null)
  const [first, last] = [known[0], known.at(-1)]
  if (!first || !last || first === last) return 'What each ingredient buys is shown once two rungs have finished.'
  const gains = known.filter((step) => step.rung.gain !== null && !step.mayBeChance)
  const most = gains.reduce<Step | null>((best, step) => (best === null || Math.abs(step.rung.gain!) > Math.abs(best.rung.gain!) ? step : best), null)
  const chance = known.filter((step) => step.mayBeChance).map((step) => step.rung.title)
  return [
    `${differenceText(objective, last.mean! - first.mean!)} from ${first.rung.title} (${valueText(objective, first.mean)}) to the last rung (${valueText(objective, last.mean)}).`,
    ...(most ? [`${most.rung.title} changed the most: ${differenceText(objective, most.rung.gain!)}.`] : []),
    ...(chance.length ? [`${listed(chance)} may be chance: the change is within what seeds differ by. More seeds would tell.`] : []),
  ].join(' ')
}
