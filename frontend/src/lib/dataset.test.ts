import { expect, test } from 'vitest'
import { classesOf, shapeOf, sizeOf, summaryOf, uneven } from './dataset'
import type { Dataset } from './types'

const digits: Dataset = {
  name: 'digits',
  origin: 'built_in',
  duplicates: 0,
  skipped: { count: 0, items: [] },
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

test('a dataset that is away says what is known of it', () => {
  const missing: Dataset = { ...digits, counts: null, status: 'missing' }
  expect(summaryOf(missing)).toBe('8 × 8, grey · 2 classes · not on this machine yet')
  expect(summaryOf({ ...missing, classes: null, image_shape: null, status: 'preparing' })).toBe(
    'being fetched and checked',
  )
  expect(summaryOf(digits)).toBe('1,437 to train, 360 to test · 8 × 8, grey · 2 classes')
  expect(summaryOf({ ...digits, fit: 'pad' })).toContain('8 × 8, grey, padded')
})

test('uneven classes are told', () => {
  expect(uneven(digits)).toBeNull()
  expect(uneven({ ...digits, classes: ['alder', 'maple'], counts: { train: [50, 150] } })).toMatchObject({
    head: 'alder has 50 training images, maple 150.',
    text: expect.stringContaining('Always answering maple would be right for 75.0% of them.'),
  })
})
