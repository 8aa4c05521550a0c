import { expect, test } from 'vitest'
import { isCorrectCell, knownSelection, orderOf, sampleQuery, selectionOf, selectionTitle } from './sample-selection'

const from = (query: string) => new URLSearchParams(query)

test('a cell queries its images, the most confident first', () => {
  const params = from('true=Shirt&predicted=Coat')
  expect(orderOf(params)).toBe('confidence')
  expect(sampleQuery(selectionOf(params), { epoch: 6, split: 'validation' }, orderOf(params), 3)).toEqual({
    epoch: '6',
    split: 'validation',
    kind: 'misclassified',
    order: 'confidence',
    true: 'Shirt',
    predicted: 'Coat',
    limit: 12,
    inline: true,
  })
})

test('without a selection the most confident mistakes come first', () => {
  expect(sampleQuery(selectionOf(from('')), { epoch: 2, split: 'test' }, orderOf(from('')), 7)).toEqual({
    epoch: '2',
    split: 'test',
    kind: 'misclassified',
    order: 'confidence',
    limit: 12,
    inline: true,
  })
})

test('the address says which order was chosen', () => {
  expect(orderOf(from('order=random'))).toBe('random')
  expect(orderOf(from('order=confidence&true=Shirt'))).toBe('confidence')
  expect(sampleQuery(selectionOf(from('')), { epoch: 2, split: 'test' }, 'random', 7)).toMatchObject({ order: 'random', seed: 7 })
})

test('a cell on the diagonal queries correct predictions', () => {
  const chosen = selectionOf(from('true=Bag&predicted=Bag'))
  expect(isCorrectCell(chosen)).toBe(true)
  expect(sampleQuery(chosen, { epoch: 1, split: 'test' }, 'random', 0).kind).toBe('correct')
})

test('each selection has a title', () => {
  expect(selectionTitle({ true: 'Shirt', predicted: 'Coat' })).toBe('Shirt predicted as Coat')
  expect(selectionTitle({ true: 'Shirt', predicted: 'Shirt' })).toBe('Shirt, predicted correctly')
  expect(selectionTitle({ true: 'Shirt', predicted: null })).toBe('Shirt predicted as another class')
  expect(selectionTitle({ true: null, predicted: 'Coat' })).toBe('Wrongly predicted as Coat')
  expect(selectionTitle({ true: null, predicted: null })).toBe('Misclassified images')
})

test('an unknown class is not selected', () => {
  expect(knownSelection({ true: 'Shirt', predicted: 'Nonsense' }, ['Shirt', 'Coat'])).toEqual({ true: 'Shirt', predicted: null })
})
