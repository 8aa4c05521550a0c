import { expect, test } from 'vitest'
import type { Slice } from '../api/types'
import { FOUND, foundText, missingText, scalePlace, scaleStart, shownSlices, sliceText } from './slices'

const slice = (fields: Partial<Slice>): Slice => ({
  key: 'brightness:0', by: 'brightness', title: 'Dark images', detail: '', range: null, value: null, class: null, position: null,
  n: 100, right: 80, accuracy: 0.8, interval: [0.71, 0.87], p_value: null, found: false, images: [], ...fields,
})

const dark = slice({ key: 'brightness:0', range: [0, 30], found: true })
const bright = slice({ key: 'brightness:1', range: [30, 99], accuracy: 0.7 })
const darkShirts = slice({ key: 'class:0+brightness:0', class: 'Shirt', accuracy: 0.5, found: true })
const [shirt, coat] = [slice({ key: 'class:0', by: 'class', accuracy: 0.9 }), slice({ key: 'class:1', by: 'class', accuracy: 0.6 })]
const answer = { items: [dark, darkShirts, bright, shirt, coat], compared: 214, smallest: 100 }

test('found slices keep their order, bins are in the order of their range, classes the weakest first', () => {
  expect(shownSlices(answer, FOUND)).toEqual([dark, darkShirts])
  expect(shownSlices(answer, 'brightness')).toEqual([dark, bright])
  expect(shownSlices(answer, 'class')).toEqual([coat, shirt])
})

test('a slice says its accuracy and its size', () => {
  expect(sliceText(dark)).toBe('80.0% of 100 images')
  expect(sliceText({ accuracy: 0, n: 1 })).toBe('0.0% of 1 image')
})

test('the head says how many slices were compared', () => {
  expect(foundText(answer)).toBe('2 weak of 214 slices that were compared, at least 100 images each')
  expect(foundText({ ...answer, items: [] })).toBe('No weak slice among 214, at least 100 images each')
})

test('the scale begins at the tenth below the lowest interval', () => {
  expect(scaleStart([dark], 0.9)).toBe(0.7)
  expect(scaleStart([], 0.99)).toBe(0.9)
  expect(scaleStart([], 1)).toBe(0.9)
  expect(scalePlace(0.85, 0.7)).toBeCloseTo(50)
})

test('what the images are not divided by is listed by reason', () => {
  expect(missingText([{ title: 'Color', reason: 'it is the same' }, { title: 'Folder', reason: 'not kept' }, { title: 'Contrast', reason: 'it is the same' }])).toBe(
    'color and contrast (it is the same); folder (not kept)',
  )
})
