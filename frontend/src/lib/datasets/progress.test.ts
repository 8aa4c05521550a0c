import { expect, test } from 'vitest'
import { barOf, progressShare, progressText } from './progress'

test('progress as text and as a share', () => {
  const fetching = { done: 34_100_000, total: 170_000_000, unit: 'bytes', text: 'Downloading CIFAR-10' } as const
  expect(progressText(fetching)).toBe('Downloading CIFAR-10: 34.1 MB of 170 MB')
  expect(progressText({ done: 1200, total: null, unit: 'images', text: 'Reading' })).toBe('Reading: 1,200')
  expect(progressText(null)).toBe('Waiting for a worker')
  expect(barOf(null).share).toBe(0)
  expect([progressShare(fetching), progressShare({ ...fetching, total: null })]).toEqual([34.1 / 170, null])
})
