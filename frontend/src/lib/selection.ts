/** What is chosen in the matrix, kept in the address: a cell, a row, a column, or nothing. */

import type { SampleQuery } from './api'
import type { Split } from './types'

export interface Selection {
  true: string | null
  predicted: string | null
}

/** The epoch and the split whose predictions are looked at. */
export interface Shown {
  epoch: number
  split: Split
}

export type Order = 'confidence' | 'random'

export function selectionOf(params: URLSearchParams): Selection {
  return { true: params.get('true'), predicted: params.get('predicted') }
}

/** A class of the address that this run does not have is no choice. */
export function known(chosen: Selection, classes: string[]): Selection {
  const own = (name: string | null): string | null => (name !== null && classes.includes(name) ? name : null)
  return { true: own(chosen.true), predicted: own(chosen.predicted) }
}

export const isNothing = (chosen: Selection): boolean => chosen.true === null && chosen.predicted === null
export const isHit = (chosen: Selection): boolean => chosen.true !== null && chosen.true === chosen.predicted

/** A choice of the person, else random ones to begin with and the most confident ones of what was chosen. */
export function orderOf(params: URLSearchParams): Order {
  const order = params.get('order')
  if (order === 'confidence' || order === 'random') return order
  return isNothing(selectionOf(params)) ? 'random' : 'confidence'
}

export function samplesWanted(chosen: Selection, shown: Shown, order: Order, seed: number): SampleQuery {
  return {
    epoch: String(shown.epoch),
    split: shown.split,
    kind: isHit(chosen) ? 'correct' : 'misclassified',
    order,
    ...(order === 'random' ? { seed } : {}),
    ...(chosen.true === null ? {} : { true: chosen.true }),
    ...(chosen.predicted === null ? {} : { predicted: chosen.predicted }),
    limit: 12,
  }
}

export function titleOf(chosen: Selection): string {
  if (isHit(chosen)) return `${chosen.true}, recognised`
  if (chosen.true !== null && chosen.predicted !== null) return `${chosen.true} taken for ${chosen.predicted}`
  if (chosen.true !== null) return `${chosen.true} taken for something else`
  return chosen.predicted === null ? 'Misclassified images' : `Wrongly taken for ${chosen.predicted}`
}
