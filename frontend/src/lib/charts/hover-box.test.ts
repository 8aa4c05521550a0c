import { expect, test } from 'vitest'
import { freeTop } from './hover-box'

test('the box goes to the edge that is away from the points', () => {
  expect(freeTop([10, 30], 60, 200)).toBe(140)
  expect(freeTop([190, 160], 60, 200)).toBe(0)
})

test('one point counts as much as many: the edge is chosen whose nearest point is further away', () => {
  expect(freeTop([5, 135, 135, 135], 60, 200)).toBe(140)
  expect(freeTop([195, 65, 65, 65], 60, 200)).toBe(0)
})

test('a box that is higher than the plot begins at its top, and so does one without points', () => {
  expect(freeTop([10], 300, 200)).toBe(0)
  expect(freeTop([], 60, 200)).toBe(0)
})
