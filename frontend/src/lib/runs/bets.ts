/** Bets: the accuracy that a person expected of a run before its launch, beside its result and the noise between seeds. */

import { inPercent, percent, plural } from '../text/format'
import type { Bet, Bets } from '../api/types'

/** A bet on this range of accuracies fills the slider; a share is in steps of half a point. */
export const BET_STEP = 0.005
export const FIRST_BET = 0.9

const points = (share: number): string => `${inPercent(Math.abs(share))} points`

/** What came of a bet; before the end of the run, what is awaited. */
export function betSentence({ bet, value, noise }: Bet): string {
  if (value === null) return `You bet on ${percent(bet, 1)} validation accuracy. The result stands here when the run has ended.`
  const off = value - bet
  const result = Math.abs(off) < 0.0005 ? `You bet on ${percent(bet, 1)}, and that is the result.` : `You bet on ${percent(bet, 1)}; the result is ${percent(value, 1)}, ${points(off)} ${off > 0 ? 'more' : 'less'}.`
  return `${result} ${noiseSentence(Math.abs(off), noise)}`
}

function noiseSentence(off: number, noise: number | null): string {
  if (noise === null) return 'How much of it is chance is known once the same settings have run with another seed.'
  const spread = `Runs of these settings differ by ± ${inPercent(noise)} points between seeds`
  return off <= 2 * noise ? `${spread}, so a bet could hardly be closer.` : `${spread}, less than the bet was off.`
}

/** "On 12 bets you expected 0.8 points too much, and were off by 1.4 points on average." */
export function calibrationSentence({ n, bias, mean_absolute_error }: Bets['calibration']): string {
  if (n === 0 || bias === null || mean_absolute_error === null) return 'No bet is settled yet: a bet is settled when its run has ended.'
  const lean = Math.abs(bias) < 0.0005 ? 'you expected neither too much nor too little' : `you expected ${points(bias)} too ${bias > 0 ? 'much' : 'little'}`
  return `On ${plural(n, 'bet')} ${lean}, and were off by ${points(mean_absolute_error)} on average.`
}

export interface BetPoint {
  run: string
  name: string
  bet: number
  value: number
}

export const settledBets = (items: Bet[]): BetPoint[] => items.flatMap(({ run, name, bet, value }) => (value === null ? [] : [{ run, name, bet, value }]))

/** The range of an axis that holds these shares, in whole tenths. */
export function shareRange(values: number[]): [number, number] {
  const low = Math.max(0, Math.floor(Math.min(...values) * 10 - 1e-9) / 10)
  const high = Math.min(1, Math.ceil(Math.max(...values) * 10 + 1e-9) / 10)
  return low < high ? [low, high] : [Math.max(0, low - 0.1), Math.min(1, high + 0.1)]
}
