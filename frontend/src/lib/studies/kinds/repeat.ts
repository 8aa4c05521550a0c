/** What repeated runs say: mean and spread in a sentence, and the paired tests beside other studies. */

import type { PairedTest, Study } from '../../api/study-types'
import { plural } from '../../text/format'
import { pText, SIGNIFICANCE } from '../../text/significance'
import { differenceText, isLowest, objectiveTitle, spreadText, valueText } from '../trials'

/** "val. accuracy 95.10% ± 0.42 over 3 seeds". */
export function repeatSentence({ objective, summary }: Study): string {
  const row = summary[0]
  if (!row || row.mean === null) return ''
  const spread = row.deviation === null ? '' : ` ${spreadText(objective, row.deviation)}`
  const advice = row.n < 3 ? ' Two seeds tell little about chance: add some.' : ''
  return `The ${objectiveTitle(objective)} is ${valueText(objective, row.mean)}${spread} over ${plural(row.n, 'seed')}.${advice}`
}

/** "On 5 shared seeds this study is better than digits-adam by 1.20 pt ± 0.40: p = 0.008, paired t-test". */
export function pairedSentence(objective: string, paired: PairedTest): string {
  const { n, difference, deviation, p_value: p, test } = paired
  const size = differenceText(objective, difference)
  const spread = deviation === null ? '' : ` ${spreadText(objective, deviation)}`
  const isGood = isLowest(objective) ? difference < 0 : difference > 0
  const verdict = p >= SIGNIFICANCE ? 'that difference may be chance' : isGood ? 'this study is better' : 'the other study is better'
  return `${plural(n, 'shared seed')}: ${size}${spread}; ${verdict}, p = ${pText(p)} (${TEST_TITLES[test] ?? test}).`
}

const TEST_TITLES: Record<string, string> = { 'paired-t': 'paired t-test', sign: 'sign test, since all differences are equal' }
