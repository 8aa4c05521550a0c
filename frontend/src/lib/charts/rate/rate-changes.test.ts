import { expect, test } from 'vitest'
import { ratePath, rateText } from './rate-curve'
import { rateChanges, rateTicks } from './rate-changes'

const table = (rates: (number | null)[]) => ({ epochs: rates.map((_, place) => place + 1), series: { learning_rate: rates }, elapsed: [] })

test('a change is where another rate begins', () => {
  expect(rateChanges(table([0.1, 0.1, 0.02, 0.02, 0.004]))).toEqual([2, 4])
  expect(rateChanges(table([0.1, null, 0.02]))).toEqual([])
  expect(rateChanges({ epochs: [1], series: {}, elapsed: [] })).toEqual([])
})

test('a slope has no ticks', () => {
  expect(rateTicks(table(Array.from({ length: 40 }, (_, place) => 1 / (place + 1))))).toEqual([])
})

test('rates are drawn from 0 to the highest', () => {
  expect(ratePath([1, 0.5], 106, 56)).toBe('M3.0 3.0L103.0 28.0')
  expect(ratePath([1], 106, 56)).toBe('M3.0 3.0H103')
  expect(ratePath([], 106, 56)).toBe('')
})

test('a rate has the digits that matter', () => {
  expect([0.001, 0.000123456, 1e-8].map(rateText)).toEqual(['0.001', '0.00012', '1e-8'])
})
