import { expect, test } from 'vitest'
import type { Pair } from '../../api/types'
import { cellText, countText, differenceStrengths, favours, matricesOf, recallTexts, sharesOfClass, shareText, summary } from './difference-matrix'

const first = [
  [80, 20],
  [10, 90],
]
const matrix = [
  [16, -16],
  [4, -4],
]

test('a cell takes the color of the run that it favors', () => {
  expect(favours(16, true)).toBe('B') // more of the class predicted right
  expect(favours(-16, false)).toBe('B') // fewer confusions
  expect(favours(4, false)).toBe('A')
  expect(favours(-4, true)).toBe('A')
  expect(favours(0, true)).toBeNull()
})

test('the largest difference has the full color, and a quarter of it half the color', () => {
  expect(differenceStrengths(matrix)).toEqual([
    [1, 1],
    [0.5, 0.5],
  ])
  expect(differenceStrengths([[0]])).toEqual([[0]])
})

test('differences as counts, as shares of the true class, and as recall', () => {
  expect([16, -16, 0].map(countText)).toEqual(['+16', '−16', ''])
  expect(sharesOfClass(matrix, first)[1]).toEqual([0.04, -0.04])
  expect([0.04, -0.16, 0].map(shareText)).toEqual(['+4.0', '−16', ''])
  expect(recallTexts(matrix, first)).toEqual(['+16.0 pt', '−4.0 pt'])
  expect(recallTexts([[0]], [[0]])).toEqual([''])
})

test('the classes that gain and lose most are named', () => {
  expect(summary(matrix, first, ['cat', 'dog'])).toBe('cat gains most with B, 16.0 pt of recall; dog loses most, 4.0 pt.')
  expect(summary([[0]], [[3]], ['cat'])).toBe('No class is recognized better or worse.')
})

test('a chosen cell is described in a sentence', () => {
  expect(cellText({ true: 'cat', predicted: 'dog' }, 20, 4)).toBe('cat predicted as dog: A 20, B 4, so 16 fewer with B.')
  expect(cellText({ true: 'cat', predicted: 'cat' }, 5, 5)).toBe('cat predicted correctly: A 5, B 5, the same number.')
})

test('the matrix of the second run is the first one plus the difference', () => {
  const pair = { epochs: [3, 7], split: 'validation', classes: ['a', 'b'], first_matrix: first, matrix } as unknown as Pair
  const [a, b] = matricesOf(pair)
  expect([a.epoch, a.matrix, b.epoch, b.matrix]).toEqual([3, first, 7, [[96, 4], [14, 86]]])
})
