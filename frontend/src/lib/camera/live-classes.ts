/** Which classes are shown live, and in which order. */

import type { Prediction } from '../api/types'

/** Up to this number, all classes are shown in their own order, so that their bars stay where they are. */
const MOST_IN_ORDER = 10
const MOST_OF_MANY = 5

export type Guess = Prediction['top'][number]

/** How many classes to ask for. */
export const requestedClasses = (classes: string[]): number => (classes.length && classes.length <= MOST_IN_ORDER ? classes.length : MOST_OF_MANY)

export function liveGuesses(prediction: Prediction | null, classes: string[]): Guess[] {
  const top = prediction?.top ?? []
  if (classes.length > MOST_IN_ORDER || !classes.length) return top
  const probabilities = new Map(top.map((guess) => [guess.class, guess.probability]))
  return classes.map((name) => ({ class: name, probability: probabilities.get(name) ?? 0 }))
}
