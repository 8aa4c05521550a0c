import { expect, test } from 'vitest'
import type { Dataset } from '../api/types'
import { currentImages, diskUse, hasOriginals, imageRequest, versionText } from './image-changes'

const dataset = {
  version: 1,
  image_size: 32,
  fit: 'crop',
  color: 'rgb',
  counts: { train: [10, 6], test: [2, 2] },
  original_bytes: 12_000,
  disk_bytes: 73_440,
  feature_bytes: 0,
} as unknown as Dataset

test('a request has only what differs', () => {
  const now = currentImages(dataset)
  expect(imageRequest(dataset, now)).toBeNull()
  expect(imageRequest(dataset, { ...now, size: '64' })).toEqual({ image_size: 64 })
  expect(imageRequest(dataset, { ...now, fit: 'pad', color: 'grayscale' })).toEqual({ fit: 'pad', color: 'grayscale' })
})

test('a version is estimated before it is made', () => {
  expect(versionText(dataset, { size: '64', fit: 'crop', color: 'rgb' })).toBe('20 images of 64 × 64 RGB, about 246 KB on disk')
  expect(versionText(dataset, { size: '16', fit: 'crop', color: 'grayscale' })).toBe('20 images of 16 × 16 grayscale, about 5.1 KB on disk')
})

test('the zip counts for version 1', () => {
  expect(diskUse(dataset)).toBe('61.4 KB of images and 12.0 KB of the zip that was uploaded')
  expect(diskUse({ ...dataset, disk_bytes: 83_440, feature_bytes: 10_000 })).toBe(diskUse(dataset))
  expect(diskUse({ ...dataset, version: 2 })).toBe('73.4 KB of images')
  expect(diskUse({ ...dataset, disk_bytes: null })).toBe('')
  expect([hasOriginals(dataset), hasOriginals({ ...dataset, original_bytes: null })]).toEqual([true, false])
})
