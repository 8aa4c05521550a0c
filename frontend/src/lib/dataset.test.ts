import { expect, test } from 'vitest'
import { classesOf, shapeOf, sizeOf, spread, summaryOf } from './dataset'
import type { Dataset } from './types'

const digits: Dataset = {
  name: 'digits',
  status: 'ready',
  error: null,
  classes: ['0', '1'],
  image_shape: [8, 8, 1],
  counts: { train: [700, 737], test: [180, 180] },
  content_hash: 'a',
}

test('a dataset in words', () => {
  expect(shapeOf(digits)).toBe('8 × 8, grey')
  expect(shapeOf({ ...digits, image_shape: [32, 32, 3] })).toBe('32 × 32, colour')
  expect(sizeOf(digits)).toBe('1,437 to train, 360 to test')
  expect(classesOf(digits)).toBe('2 classes')
})

test('a missing dataset has no figures', () => {
  const missing = { ...digits, classes: null, image_shape: null, counts: null }
  expect([shapeOf(missing), sizeOf(missing), classesOf(missing)]).toEqual(['', '', ''])
  expect(summaryOf({ ...missing, status: 'missing' })).toBe('Its images are not on this machine yet')
  expect(summaryOf({ ...missing, status: 'preparing' })).toBe('Its images are being fetched and checked')
  expect(summaryOf(digits)).toBe('1,437 to train, 360 to test · 8 × 8, grey · 2 classes')
})

test('sample images are spread over the split', () => {
  expect(spread(100, 4, 0)).toEqual([0, 25, 50, 75])
  expect(spread(100, 4, 1)).toEqual([1, 26, 51, 76])
  expect(spread(2, 4, 0)).toEqual([0, 1])
})
