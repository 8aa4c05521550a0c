import { expect, test } from 'vitest'
import { RowPlaces } from './row-places'

const heights = [50, 80, 80, 50]
const places = new RowPlaces(100_000, heights.length, (index) => heights[index]!, 80)

test('rows lie below each other, those that are not read yet after the others', () => {
  expect([0, 1, 4, 5, 100_000].map((index) => places.top(index))).toEqual([0, 50, 260, 340, 260 + 99_996 * 80])
})

test.each([
  [0, 0],
  [49.9, 0],
  [50, 1],
  [259, 3],
  [260, 4],
  [340, 5],
  [-200, 0],
  [1e9, 99_999],
])('at %d lies row %d', (place, index) => {
  expect(places.at(place)).toBe(index)
})
