/** Finds the epochs at which the learning rate changed. */

import { column } from '../series'
import type { MetricsTable } from '../../api/types'

/** A schedule with more changes is continuous; ticks would cover the axis. */
const MAX_TICKS = 24

/** False for rates that differ by rounding only. */
const differs = (a: number, b: number): boolean => Math.abs(a - b) > 1e-6 * Math.max(a, b)

/** Returns the row indices of the table at which the rate differs from the row before. */
export function rateChanges(table: MetricsTable): number[] {
  const rates = column(table, 'learning_rate')
  return rates.flatMap((rate, place) => {
    const before = rates[place - 1]
    return rate != null && before != null && differs(rate, before) ? [place] : []
  })
}

export function rateTicks(table: MetricsTable): number[] {
  const changes = rateChanges(table)
  return changes.length > MAX_TICKS ? [] : changes
}
