/** Whether an image's label is among those that are probably wrong. */

import type { Schemas } from '../api/types'
import { count, shortened } from '../text/format'

type Suspects = Pick<Schemas['Suspects'], 'total'> & { items: { index: number; suggested: string; decision: { do: string; class: string | null } | null }[] }

export interface LabelVerdict {
  head: string
  text: string
  /** The class that the label should have; null where the label is not suspected. */
  suggested: string | null
}

/** Suspects that are looked through; the list is ordered, the most suspect first. */
export const MOST_SUSPECTS = 200

export function labelVerdict({ items, total }: Suspects, index: number): LabelVerdict {
  const place = items.findIndex((item) => item.index === index)
  if (place < 0) {
    const text = total > items.length ? `It is not among the ${count(items.length)} most suspect labels of ${count(total)}.` : `It is not among the ${count(total)} suspects.`
    return { head: 'Probably right', text, suggested: null }
  }
  const { suggested, decision } = items[place]!
  const decided = decision === null ? 'Nobody has decided about it yet.' : DECIDED[decision.do]?.(decision.class) ?? ''
  return { head: 'Probably wrong', text: `Number ${count(place + 1)} of ${count(total)} suspects: it looks like ${shortened(suggested)}. ${decided}`, suggested }
}

const DECIDED: Record<string, (name: string | null) => string> = {
  keep: () => 'It was decided to keep the label.',
  relabel: (name) => `It was decided to relabel it as ${shortened(name ?? '')}, in the next version of the dataset.`,
  leave_out: () => 'It was decided to leave it out of the next version of the dataset.',
}
