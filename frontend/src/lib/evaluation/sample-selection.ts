/** The selection in the confusion matrix (a cell, a row, a column or none), stored in the address, and its sample query. */

import type { SampleQuery } from '../api/client'
import type { Split } from '../api/types'

export interface Selection {
  true: string | null
  predicted: string | null
}

/** The epoch and the split whose predictions are shown. */
export interface EvaluatedEpoch {
  epoch: number
  split: Split
}

export const SAMPLES_PER_PAGE = 12

export type Order = 'confidence' | 'random'

export function selectionOf(params: URLSearchParams): Selection {
  return { true: params.get('true'), predicted: params.get('predicted') }
}

/** Removes classes that this run does not have. */
export function knownSelection(chosen: Selection, classes: string[]): Selection {
  const own = (name: string | null): string | null => (name !== null && classes.includes(name) ? name : null)
  return { true: own(chosen.true), predicted: own(chosen.predicted) }
}

export const NO_SELECTION: Selection = { true: null, predicted: null }
export const isEmpty = (chosen: Selection): boolean => chosen.true === null && chosen.predicted === null
export const isCorrectCell = (chosen: Selection): boolean => chosen.true !== null && chosen.true === chosen.predicted

/** Returns the order in the address; without one, the most confident images come first. */
export const orderOf = (params: URLSearchParams): Order => (params.get('order') === 'random' ? 'random' : 'confidence')

export const seedOf = (params: URLSearchParams): number => Number(params.get('seed')) || 0

/** `slice` is the key of one. */
export function sampleQuery(chosen: Selection, evaluated: EvaluatedEpoch, order: Order, seed: number, slice: string | null = null): SampleQuery {
  return {
    epoch: String(evaluated.epoch),
    split: evaluated.split,
    kind: isCorrectCell(chosen) ? 'correct' : 'misclassified',
    order,
    ...(order === 'random' ? { seed } : {}),
    ...(chosen.true === null ? {} : { true: chosen.true }),
    ...(chosen.predicted === null ? {} : { predicted: chosen.predicted }),
    ...(slice === null ? {} : { slice }),
    limit: SAMPLES_PER_PAGE,
    inline: true,
  }
}

/** Returns the query of all misclassified images in the same order. */
export function withoutSelection({ true: _, predicted: __, slice: ___, ...query }: SampleQuery): SampleQuery {
  return { ...query, kind: 'misclassified' }
}

export function selectionTitle(chosen: Selection): string {
  if (isCorrectCell(chosen)) return `${chosen.true}, predicted correctly`
  if (chosen.true !== null && chosen.predicted !== null) return `${chosen.true} predicted as ${chosen.predicted}`
  if (chosen.true !== null) return `${chosen.true} predicted as another class`
  return chosen.predicted === null ? 'Misclassified images' : `Wrongly predicted as ${chosen.predicted}`
}
