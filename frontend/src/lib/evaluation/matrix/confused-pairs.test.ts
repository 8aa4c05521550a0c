import { expect, test } from 'vitest'
import { confusedPairs, pairText, shareOfFirst } from './confused-pairs'

const classes = ['Shirt', 'Coat', 'Bag']
const matrix = { classes, rows: [0, 0, 1, 1, 2], columns: [0, 1, 0, 1, 0], values: [8, 2, 1, 9, 1] }

test('the most frequent pair is first, equal counts by share', () => {
  const pairs = confusedPairs(matrix)
  expect(pairs.map(({ from, to }) => [from, to])).toEqual([[0, 1], [2, 0], [1, 0]])
  expect(pairs.map((pair) => pairText(pair, classes))).toEqual([
    { count: '2 of 10', from: 'Shirts', verb: 'are taken for', to: 'Coats' },
    { count: '1 of 1', from: 'Bags', verb: 'is taken for', to: 'Shirts' },
    { count: '1 of 10', from: 'Coats', verb: 'is taken for', to: 'Shirts' },
  ])
})

test('the head says how much the first pairs hold', () => {
  expect(shareOfFirst(confusedPairs(matrix), 1)).toBe('1 of 3 pairs hold 50% of the mistakes')
  expect(shareOfFirst(confusedPairs(matrix), 10)).toBe('4 mistakes in 3 pairs')
  expect(shareOfFirst([], 10)).toBe('0 mistakes in 0 pairs')
})

test('names of several words stay as they are', () => {
  expect(pairText({ from: 0, to: 1, count: 41, support: 630 }, ['Speed limit 80', 'No entry'])).toEqual({ count: '41 of 630', from: 'Speed limit 80', verb: 'are taken for', to: 'No entry' })
})
