import { expect, test } from 'vitest'
import { smoothed } from './smoothing'

test('a weight of 0 leaves the values as they are', () => {
  expect(smoothed([1, 5, null, 2], 0)).toEqual([1, 5, null, 2])
})

test('the first value is kept, later ones lean on the past, and a gap stays a gap', () => {
  const [first, second, gap, last] = smoothed([1, 0, null, 0], 0.5)
  expect([first, gap]).toEqual([1, null])
  expect(second).toBeCloseTo(1 / 3)
  expect(last).toBeCloseTo(1 / 7)
})

test('a constant stays constant', () => {
  expect(smoothed([3, 3, 3], 0.9).map((value) => value!.toFixed(6))).toEqual(['3.000000', '3.000000', '3.000000'])
})
