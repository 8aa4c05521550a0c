/** Words for the comparison of two runs on the same images: who is better, and how likely chance is. */

import { count, percent } from '../../text/format'
import type { Pair } from '../../api/types'

/** The title of the comparison of two runs on the same images. */
export function verdictTitle({ better, only_first, only_second }: Pair): string {
  if (better !== null) return `${better === 'second' ? 'B' : 'A'} is better`
  return only_first === only_second ? 'Equally good' : 'No clear winner'
}

/** "A difference this large would come by chance 6 times in a million." */
export function chanceText(p_value: number): string {
  if (p_value >= 0.095) return `A difference this large comes by chance in ${percent(p_value, 0)} of such comparisons.`
  if (p_value < 1e-9) return 'A difference this large would come by chance less than once in a billion times.'
  const scale = [100, 1_000, 1_000_000, 1_000_000_000].find((size) => p_value * size >= 0.95)!
  const names: Record<number, string> = { 100: 'a hundred', 1_000: 'a thousand', 1_000_000: 'a million', 1_000_000_000: 'a billion' }
  const times = Math.round(p_value * scale)
  return `A difference this large would come by chance ${times === 1 ? 'once' : `${count(times)} times`} in ${names[scale]}.`
}

/** Writes a difference of shares in points: "+1.08 pt", "−0.40 pt". */
export function points(difference: number, digits = 2): string {
  return `${signed(difference * 100, digits)} pt`
}

/** Writes a number with its sign, and with a minus that is as wide as the plus. */
export function signed(value: number, digits: number): string {
  const text = Math.abs(value).toFixed(digits)
  if (Number(text) === 0) return text
  return `${value > 0 ? '+' : '−'}${text}`
}
