import { expect, test } from 'vitest'
import type { Look } from '../api/types'
import { barShare, diskText, fewImages, fileText, imageCount, originalsText, roleText, splitsOf } from './look'

const look = {
  splits: { test: 50, train: 150 },
  classes: [
    { name: 'maple', counts: { train: 100, test: 40 }, images: [] },
    { name: 'oak', counts: { train: 50, test: 10 }, images: [] },
  ],
  originals: [[640, 480], [4032, 3024]],
  bytes: 48_200_000,
  files: 2616,
} as unknown as Look

test('a look in words', () => {
  expect(fileText('leaves.zip', look)).toBe('leaves.zip · 48.2 MB · 2,616 files')
  expect(fileText('', look)).toBe('48.2 MB · 2,616 files')
  expect(originalsText(look)).toBe('originals 640 × 480 to 4,032 × 3,024')
  expect(originalsText({ ...look, originals: null })).toBe('')
  expect(imageCount(look)).toBe(200)
  expect(diskText(look, '100', 'rgb', true)).toBe('About 54.2 MB on disk')
  expect(diskText(look, '100', 'grayscale', false)).toBe('About 2.0 MB on disk')
})

test('splits are in the order of training, and bars on one scale', () => {
  expect(splitsOf(look)).toEqual(['train', 'test'])
  expect([barShare(look, look.classes[0]!, 'train'), barShare(look, look.classes[1]!, 'test')]).toEqual([1, 0.1])
})

test('a role that the page does not know is shown as it is', () => {
  expect([roleText('left_out'), roleText('mask')]).toEqual(['Left out', 'mask'])
})

test('few images to validate with are reported for the smallest class', () => {
  const counts = (maple: number, oak: number) => ({ ...look, splits: { train: 9, validation: maple + oak }, classes: [{ name: 'maple', counts: { validation: maple }, images: [] }, { name: 'oak', counts: { validation: oak }, images: [] }] }) as unknown as Look

  expect(fewImages(counts(40, 9))).toEqual({ head: 'oak has 9 images to validate with.', text: 'One more or less right moves its accuracy by 11 points. Macro F1 is shown beside accuracy.' })
  expect(fewImages(counts(8, 9))?.head).toBe('maple has 8 images to validate with, and 1 other class fewer than 10.')
  expect(fewImages(counts(40, 10))).toBeNull()
  expect(fewImages(look)).toBeNull()
})
