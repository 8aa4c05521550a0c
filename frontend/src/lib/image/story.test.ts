import { expect, test } from 'vitest'
import type { SampleDetail } from '../api/types'
import { neighbourSummary, steps, storySentence, title, verdictSummary } from './story'

/** A shirt whose predicted class after each epoch is given; the last epoch is the best. */
function shirt(...predicted: string[]): SampleDetail {
  const right = [false, ...predicted.map((name) => name === 'Shirt')]
  const epochs = predicted.map((_, at) => at + 1)
  return {
    index: 7,
    split: 'validation',
    dataset: 'fashion_mnist',
    stored_split: 'test',
    shape: [28, 28, 1],
    brightness: 71,
    true_position: 0,
    predicted_position: null,
    true: 'Shirt',
    image: '/api/datasets/fashion_mnist/images/test/7.png',
    epoch: epochs.at(-1)!,
    top: [{ class: predicted.at(-1)!, probability: 0.9 }],
    mistakes: { total: 3, as_sure: 1 },
    story: {
      epochs,
      predicted,
      confidence: epochs.map(() => 0.9),
      label_confidence: epochs.map(() => null),
      learnt: epochs.filter((epoch) => right[epoch] && !right[epoch - 1]),
      forgotten: epochs.filter((epoch) => !right[epoch] && right[epoch - 1]),
      flips: predicted.slice(1).filter((name, at) => name !== predicted[at]).length,
    },
    others: [
      { run: 'a', name: 'other', epoch: 3, predicted: 'Dress', confidence: 0.8 },
      { run: 'b', name: 'dense', epoch: 4, predicted: 'Shirt', confidence: 0.6 },
    ],
    others_total: 2,
    neighbours: null,
    neighbours_epoch: null,
    neighbours_of: null,
  }
}

test('the story is summarized in a sentence', () => {
  expect(storySentence(shirt('Dress', 'Shirt', 'Dress', 'Shirt', 'Dress'))).toBe(
    'Learnt in epoch 2, forgotten in 3, learnt again in 4, forgotten in 5. Right in 2 of 5 epochs. The predicted class changed 4 times.',
  )
  expect(storySentence(shirt('Dress', 'Dress'))).toBe('Never right in 2 epochs.')
  expect(storySentence(shirt('Shirt', 'Shirt'))).toBe('Right in all 2 epochs.')
  expect(storySentence(shirt('Shirt'))).toBe('Right in its only epoch.')
})

test('many events are counted', () => {
  const restless = Array.from({ length: 10 }, (_, at) => (at % 2 ? 'Shirt' : 'Dress'))

  expect(storySentence(shirt(...restless))).toBe('Learnt 5 times, first in epoch 2, and forgotten 4 times. Right in 5 of 10 epochs. The predicted class changed 9 times.')
})

test('a step says what an epoch changed', () => {
  expect(steps(shirt('Dress', 'Shirt', 'Dress')).map(({ isRight, isBest, mark }) => [isRight, isBest, mark])).toEqual([
    [false, false, null],
    [true, false, 'learnt'],
    [false, true, 'forgotten'],
  ])
})

test('the title names what the image is and what it is taken for', () => {
  expect(title(shirt('Dress'))).toBe('Shirt, taken for Dress')
  expect(title(shirt('Shirt'))).toBe('Shirt, recognized')
  expect(title({ ...shirt('Coat'), top: [], epoch: null })).toBe('Shirt, taken for Coat')
})

test('this run counts among those that agree', () => {
  expect(verdictSummary(shirt('Dress'))).toBe('2 of 3 say Dress')
})

test('the nearest images are summed up by their commonest class', () => {
  expect(neighbourSummary(['Shirt', 'Dress', 'Dress'])).toBe('2 of 3 are Dress')
  expect(neighbourSummary(['Shirt'])).toBe('1 of 1 are Shirt')
})
