import { expect, test } from 'vitest'
import { freeTop } from './hover-box'

test('the box goes to the edge that is away from the points', () => {
  expect(freeTop([10, 30], 60, 200)).toBe(140)
  expect(freeTop([190, 160], 60, 200)).toBe(0)
})

test('a box that is higher than the plot begins at its top, and so does one without points', () => {
  expect(freeTop([10], 300, 200)).toBe(0)
  expect(freeTop([], 60, 200)).toBe(0)
})
