import { expect, test } from 'vitest'
import type { ImageMap } from '../api/evaluations'
import { classColors, groupsOf } from './coloring'
import { lassoed, nearest, placesOf } from './places'
import { classesText, mistakesFirst, selectionText } from './selection'
import { fitted, moved, pixelOf, placeAt, zoomed } from './viewport'

const colors = { hues: ['#0072b2', '#d55e00'], panel: '#ffffff' }
/** Four images in a row: a cat and two dogs that are right, and a dog that is taken for a cat. */
const map: ImageMap = {
  epoch: 1, is_current: true, stored_split: 'test', layer: 'dense', images: 4, classes: ['cat', 'dog', 'owl'],
  x: [-1, -0.5, 0.5, 1], y: [0, 0, 0, 0], index: [3, 5, 7, 9],
  true: ['cat', 'dog', 'dog', 'dog'], predicted: ['cat', 'dog', 'cat', 'dog'], confidence: [0.99, 0.8, 0.6, null],
}
const places = placesOf(map)

test('a lasso takes the points inside, also where it is concave', () => {
  const open = [{ x: -2, y: -1 }, { x: 0.7, y: -1 }, { x: 0.7, y: 1 }, { x: -0.2, y: -0.5 }, { x: -2, y: 1 }]
  expect(lassoed(places, open, () => true)).toEqual([0, 2])
  expect(lassoed(places, open, (point) => point !== 2)).toEqual([0])
})

test('a lasso around no image that is shown chooses as little as none', () => {
  const around = [{ x: -2, y: -1 }, { x: 0, y: -1 }, { x: 0, y: 1 }, { x: -2, y: 1 }]
  expect(lassoed(places, around, (point) => point > 1)).toBe(null)
  expect(lassoed(places, [{ x: 0, y: 0 }], () => true)).toBe(null)
})

test('the point under the pointer is the closest that is shown', () => {
  expect(nearest(places, { x: 0.9, y: 0.1 }, 0.3, () => true)).toBe(3)
  expect(nearest(places, { x: 0.9, y: 0.1 }, 0.5, (point) => point !== 3)).toBe(2)
  expect(nearest(places, { x: 0, y: 0 }, 0.3, () => true)).toBe(null)
})

test('a zoom keeps the place under the pointer, and never shows less than the map', () => {
  const whole = fitted(400, 300)
  const pixel = { x: 100, y: 80 }
  const close = zoomed(whole, pixel, 4, whole)
  expect(pixelOf(close, placeAt(whole, pixel))).toEqual(pixel)
  expect(zoomed(moved(close, 30, 30), pixel, 0.01, whole)).toEqual(whole)
})

test('classes without an image have no entry in the legend', () => {
  expect(groupsOf(map, 'class', colors).map(({ name, points }) => [name, points])).toEqual([['cat', [0]], ['dog', [1, 2, 3]]])
})

test('mistakes and doubtful images are drawn last, on top of the others', () => {
  expect(groupsOf(map, 'right', colors).map(({ name, points }) => [name, points])).toEqual([['Right', [0, 1, 3]], ['Wrong', [2]]])
  const bands = groupsOf(map, 'confidence', colors)
  expect(bands.map(({ points }) => points)).toEqual([[0], [], [1], [2], [3]])
  expect(bands[0]!.name).toBe('99% and more')
})

test('a hundred classes have a hundred colors', () => {
  expect(classColors(2, colors)).toEqual(colors.hues)
  expect(new Set(classColors(100, colors)).size).toBe(100)
})

test('chosen images are counted by class, and listed with mistakes first', () => {
  expect(selectionText(map, [0, 1, 2])).toBe('3 images, 2 right')
  expect(classesText(map, [0, 1, 2])).toBe('dog (2), cat (1)')
  expect(mistakesFirst(map, [3, 1, 0, 2])).toEqual([2, 0, 1, 3])
})
