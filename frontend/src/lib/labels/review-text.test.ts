import { expect, test } from 'vitest'
import type { LabelDecision, Suspect } from '../api/types'
import { choiceText, commandOf, nextUndecided, tally, why } from './review-text'

const CLASSES = ['T-shirt/top', '<b>Dress</b>', 'Shirt']
const suspect: Suspect = {
  split: 'test',
  index: 2629,
  image: '/api/datasets/fashion_mnist/images/test/2629.png',
  label: 'Shirt',
  suggested: 'Dress',
  score: 0.16,
  runs: [
    { run: 'a', predicted: 'Dress', confidence: 0.97, label_probability: 0.02 },
    { run: 'b', predicted: 'Shirt', confidence: 0.54, label_probability: 0.54 },
  ],
  people: null,
  decision: null,
}

test('a suspect says who doubts it and how surely', () => {
  expect(why(suspect, { Shirt: 0.71 }).join('')).toBe(
    '1 of 2 runs says Dress, the surest with 0.97. On average they leave 0.28 to Shirt; images labelled Shirt usually get 0.71.',
  )
  const alone = { ...suspect, runs: suspect.runs.slice(0, 1), people: { answers: 3, agree: 1, class: 'Dress' } }
  expect(why(alone, {}).join('')).toBe('The run says Dress, sure to 0.97. It leaves 0.02 to Shirt. 1 of 3 people named it Shirt in a quiz.')
})

test('keys decide', () => {
  expect(commandOf('s', CLASSES)).toBe('keep')
  expect(commandOf('X', CLASSES)).toBe('leave_out')
  expect(commandOf('Enter', CLASSES)).toBe('accept')
  expect(commandOf('1', CLASSES)).toEqual({ class: '<b>Dress</b>' })
  expect(commandOf('7', CLASSES)).toBeNull()
  expect(commandOf('1', Array.from({ length: 43 }, String))).toBeNull()
  expect(commandOf('q', CLASSES)).toBeNull()
})

test('decisions are counted and named', () => {
  const decision = (action: LabelDecision['do']): LabelDecision => ({ split: 'test', index: 1, do: action, class: null, by: null, at: '', revision: '' })
  expect(tally([decision('keep'), decision('relabel'), decision('relabel'), decision('leave_out')])).toEqual({ decided: 4, kept: 1, relabelled: 2, leftOut: 1 })
  expect(choiceText({ do: 'relabel', class: 'Dress' })).toBe('→ Dress')
  expect(choiceText({ do: 'leave_out', class: null })).toBe('left out')
})

test('the next image is the next one without a decision', () => {
  const decided = new Set(['b', 'c'])
  expect(nextUndecided(['a', 'b', 'c', 'd'], 0, (key) => decided.has(key))).toBe(3)
  expect(nextUndecided(['a', 'b', 'c'], 0, (key) => decided.has(key))).toBe(1)
  expect(nextUndecided(['a'], 0, () => true)).toBe(0)
})
