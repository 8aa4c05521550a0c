/** How far training runs ahead of validation. */

import { column } from './series'
import type { MetricsTable } from './types'

/** `points`: percentage points by which training accuracy is above validation's, after the last epoch.
 * `since`: the epoch after which it has grown at every step until now, at least three times in a row and never
 * with validation ahead; else null. */
export interface Gap {
  points: number
  since: number | null
}

const IN_A_ROW = 3

export function gap(table: MetricsTable): Gap | null {
  const gaps = differences(table)
  const last = gaps.at(-1)
  if (last == null) return null
  let start = gaps.length - 1
  while (start > 0 && grew(gaps[start - 1], gaps[start]) && gaps[start - 1]! >= 0) start -= 1
  const steps = gaps.length - 1 - start
  return { points: last * 100, since: steps >= IN_A_ROW ? table.epochs[start]! : null }
}

function differences(table: MetricsTable): (number | null)[] {
  const validation = column(table, 'val_accuracy')
  return column(table, 'accuracy').map((value, at) => {
    const other = validation[at]
    return value == null || other == null ? null : value - other
  })
}

function grew(before: number | null | undefined, after: number | null | undefined): boolean {
  return before != null && after != null && after > before
}
