/** The request that starts the ladder, from its fields as typed. */

import type { StudyRequest } from '../../api/study-types'

/** One recipe for each dataset that we ship: the ladder takes its data, loss and optimizer, and brings networks of its own. */
export const LADDER_RECIPES = ['cifar-strided', 'fashion-strided', 'digits-quick']

/** As typed; an empty text leaves the value to the recipe. */
export interface LadderText {
  recipe: string
  train_limit: string
  epochs: string
  seeds: string
}

const MIN_IMAGES = 20

export function ladderRequest({ recipe, train_limit, epochs, seeds }: LadderText): { body: StudyRequest; errors: Record<string, string> } {
  const numbers = seeds.split(/[\s,]+/).filter(Boolean).map(Number)
  const errors = {
    train_limit: train_limit.trim() === '' || isWhole(Number(train_limit), MIN_IMAGES) ? '' : `Enter a whole number of at least ${MIN_IMAGES}, or nothing for all images`,
    epochs: epochs.trim() === '' || isWhole(Number(epochs), 1) ? '' : 'Enter a whole number of at least 1',
    seeds: numbers.length && numbers.every((seed) => isWhole(seed, 0)) && new Set(numbers).size === numbers.length ? '' : 'Enter whole numbers from 0, each once, separated by commas',
  }
  return {
    body: { kind: 'ladder', recipe, seeds: numbers, ...(epochs.trim() ? { epochs: Number(epochs) } : {}), ...(train_limit.trim() ? { train_limit: Number(train_limit) } : {}) },
    errors: Object.fromEntries(Object.entries(errors).filter(([, error]) => error)),
  }
}

const isWhole = (value: number, least: number): boolean => Number.isInteger(value) && value >= least
