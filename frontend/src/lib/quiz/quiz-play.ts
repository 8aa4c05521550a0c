/** A game: which image is shown, what was answered, and what the scores say. */

import type { QuizResult } from '../api/types'
import { plural } from '../text/format'
import type { Answer } from './stored-answers'

/** Returns the position of the next image without an answer after `place`, going round; -1 when all are answered. */
export function nextOpen(answers: Answer[], place: number): number {
  const order = answers.map((_, step) => (place + 1 + step) % answers.length)
  return order.find((position) => answers[position] === undefined) ?? -1
}

/** Compares the two scores in one sentence. */
export function verdict({ right, model_right, images }: Pick<QuizResult, 'right' | 'model_right' | 'images'>): string {
  const both = `You name ${right} of ${plural(images.length, 'image')} as they are labelled, the model ${model_right}.`
  if (right === model_right) return `A tie. ${both}`
  return right > model_right ? `You beat the model. ${both}` : `The model is better. ${both}`
}

/** Images that the player names differently than their label: a mistake of one of them. */
export const disagreements = ({ images }: QuizResult): QuizResult['images'] => images.filter(({ answer, label }) => answer !== null && answer !== label)
