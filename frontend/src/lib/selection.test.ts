import { expect, test } from 'vitest'
import { isHit, known, orderOf, samplesWanted, selectionOf, titleOf } from './selection'

const from = (query: string) => new URLSearchParams(query)

test('a cell asks for its images, the most confident first', () => {
  const params = from('true=Shirt&predicted=Coat')
  expect(orderOf(params)).toBe('confidence')
  expect(samplesWanted(selectionOf(params), { epoch: 6, split: 'validation' }, orderOf(params), 3)).toEqual({
    epoch: '6',
    split: 'validation',
    kind: 'misclassified',
    order: 'confidence',
    true: 'Shirt',
    predicted: 'Coat',
    limit: 12,
  })
})

test('nothing chosen asks for random mistakes', () => {
  expect(samplesWanted(selectionOf(from('')), { epoch: 2, split: 'test' }, orderOf(from('')), 7)).toEqual({
    epoch: '2',
    split: 'test',
    kind: 'misclassified',
    order: 'random',
    seed: 7,
    limit: 12,
  })
})

test('a cell on the diagonal asks for hits', () => {
  const chosen = selectionOf(from('true=Bag&predicted=Bag'))
  expect(isHit(chosen)).toBe(true)
  expect(samplesWanted(chosen, { epoch: 1, split: 'test' }, 'random', 0).kind).toBe('correct')
})

test('what is chosen has a title', () => {
  expect(titleOf({ true: 'Shirt', predicted: 'Coat' })).toBe('Shirt taken for Coat')
  expect(titleOf({ true: 'Shirt', predicted: 'Shirt' })).toBe('Shirt, recognised')
  expect(titleOf({ true: 'Shirt', predicted: null })).toBe('Shirt taken for something else')
  expect(titleOf({ true: null, predicted: 'Coat' })).toBe('Wrongly taken for Coat')
  expect(titleOf({ true: null, predicted: null })).toBe('Misclassified images')
})

test('a class that is not there is no choice', () => {
  expect(known({ true: 'Shirt', predicted: 'Nonsense' }, ['Shirt', 'Coat'])).toEqual({ true: 'Shirt', predicted: null })
})
