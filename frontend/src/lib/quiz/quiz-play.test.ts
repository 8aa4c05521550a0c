import { expect, test } from 'vitest'
import type { QuizResult } from '../api/types'
import { disagreements, nextOpen, verdict } from './quiz-play'

const image = (label: string, answer: string | null): QuizResult['images'][number] => ({ split: 'test', index: 1, image: '', label, answer, predicted: 'Coat', confidence: 0.5 })
const images = [image('Coat', 'Coat'), image('Shirt', 'Dress'), image('Bag', null)]

test('images without an answer come next, also those that were passed over', () => {
  expect(nextOpen(['a', undefined, 'b', undefined], 1)).toBe(3)
  expect(nextOpen(['a', undefined, 'b', 'c'], 3)).toBe(1)
  expect(nextOpen(['a', null], 0)).toBe(-1)
})

test('both scores are compared', () => {
  expect(verdict({ right: 12, model_right: 9, images })).toBe('You beat the model. You name 12 of 3 images as they are labelled, the model 9.')
  expect(verdict({ right: 9, model_right: 9, images })).toMatch(/^A tie/)
  expect(verdict({ right: 3, model_right: 9, images })).toMatch(/^The model is better/)
})

test('a disagreement is an answer that is not the label', () => {
  expect(disagreements({ images } as QuizResult)).toEqual([images[1]])
})
