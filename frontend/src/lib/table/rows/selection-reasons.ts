/** Why nothing can be done with what is selected: shown when one presses a button that can't do anything. */

import type { Selection } from './selection.svelte'

export const TOO_MANY_LEFT_OUT = 'Too many runs are taken away from all that match: an address has room for 50 conditions, those of the filters included. Filter, then select all that match.'
export const NONE_ACTIVE = 'None of the selected runs is queued or training.'
const TOO_MANY_CHOSEN = 'Too many runs are chosen one by one for a comparison. Filter, then select all that match.'

export function comparisonReason(selection: Selection, total: number): string {
  if (selection.count(total) < 2) return 'Select at least two runs.'
  return selection.isEverything ? TOO_MANY_LEFT_OUT : TOO_MANY_CHOSEN
}
