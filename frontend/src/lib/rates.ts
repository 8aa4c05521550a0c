/** Where the learning rate changed. */

import { column } from './series'
import type { MetricsTable } from './types'

/** More changes than these are a slope: ticks would say less than the figures do. */
const MOST = 24

/** Rates that differ by rounding alone are the same. */
const isOther = (one: number, other: number): boolean => Math.abs(one - other) > 1e-6 * Math.max(one, other)

/** Places in the table from which on another rate was used. */
export function changes(table: MetricsTable): number[] {
  const rates = column(table, 'learning_rate')
  return rates.flatMap((rate, place) => {
    const before = rates[place - 1]
    return rate != null && before != null && isOther(rate, before) ? [place] : []
  })
}

export function ticked(table: MetricsTable): number[] {
  const found = changes(table)
  return found.length > MOST ? [] : found
}
