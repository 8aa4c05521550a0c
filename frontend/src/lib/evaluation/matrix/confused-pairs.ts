/** The pairs of classes that are confused most, from a matrix of counts. */

import { pluralName } from '../../text/plural-name'
import { count } from '../../text/format'
import { supportsOf, type Cells } from './nonzero-matrix'

/** `count` of the `support` images of class `from` are taken for class `to`; both are positions. */
export interface ConfusedPair {
  from: number
  to: number
  count: number
  support: number
}

/** Returns the pairs with a mistake, the most frequent first; equal counts by share. */
export function confusedPairs(matrix: Cells): ConfusedPair[] {
  const supports = supportsOf(matrix)
  const cells = matrix.rows.map((from, at) => ({ from, to: matrix.columns[at]!, count: matrix.values[at]!, support: supports[from]! }))
  return cells.filter(({ from, to }) => from !== to).sort((a, b) => b.count - a.count || a.support - b.support || a.from - b.from || a.to - b.to)
}

/** The plural of a name of several words ("No entry", "Keep right") is not the plural of its last one. */
const severalOf = (name: string): string => (name.includes(' ') ? name : pluralName(name))

/** A pair as text: "41 of 630", "Shirts", "are taken for", "T-shirts". Names stay apart: one may hold marks of direction. */
export interface PairText {
  count: string
  from: string
  verb: string
  to: string
}

export function pairText(pair: ConfusedPair, classes: string[]): PairText {
  return {
    count: `${count(pair.count)} of ${count(pair.support)}`,
    from: severalOf(classes[pair.from]!),
    verb: `${pair.count === 1 ? 'is' : 'are'} taken for`,
    to: severalOf(classes[pair.to]!),
  }
}

/** Says which part of the mistakes the first pairs hold: "10 of 135 pairs hold 42% of the mistakes". */
export function shareOfFirst(pairs: ConfusedPair[], first: number): string {
  const sum = (some: ConfusedPair[]): number => some.reduce((total, pair) => total + pair.count, 0)
  if (pairs.length <= first) return `${count(sum(pairs))} mistakes in ${count(pairs.length)} ${pairs.length === 1 ? 'pair' : 'pairs'}`
  return `${first} of ${count(pairs.length)} pairs hold ${Math.round((100 * sum(pairs.slice(0, first))) / sum(pairs))}% of the mistakes`
}
