/** The ladder: what each ingredient bought, in words and positions. */

import type { Rung } from '../api/study-types'
import { objectiveScale, type Scale } from './scale'
import { differenceText, valueText } from './trials'

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

/** A gain whose 95% interval holds 0 may be chance. */
function isChance({ gain, gain_interval: interval }: Rung): boolean {
  return gain !== null && interval !== null && interval[0]! <= 0 && interval[1]! >= 0
}

export function ladderScale(objective: string, rungs: Rung[]): Scale {
  const values = rungs.flatMap(({ mean, deviation }) => (mean === null ? [] : [mean - (deviation ?? 0), mean + (deviation ?? 0)]))
  return objectiveScale(objective, values)
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
    ...(chance.length ? [`${chance.join(', ')} may be chance: the gain is smaller than its spread. More seeds would tell.`] : []),
  ].join(' ')
}
