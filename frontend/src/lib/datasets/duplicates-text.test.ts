import { expect, test } from 'vitest'
import { duplicatesTexts } from './duplicates-text'

const counts = { train: [50, 50], test: [6_000, 4_000], validation: [10, 10] }

test('the share of known images is the most that they can add to the accuracy', () => {
  const [text] = duplicatesTexts({ test: 35 }, counts)

  expect(text?.head).toBe('35 of 10,000 images of test have a duplicate or near duplicate in train.')
  expect(text?.text).toContain('by at most 0.35 percentage points')
})

test('each held-out split has its own sentence, and none without such images', () => {
  expect(duplicatesTexts({ test: 1, validation: 2 }, counts).map(({ head }) => head.split(' a ')[0])).toEqual(['1 of 10,000 images of test has', '2 of 20 images of validation have'])
  expect(duplicatesTexts({}, counts)).toEqual([])
})
