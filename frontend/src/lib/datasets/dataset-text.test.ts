import { expect, test } from 'vitest'
import { choiceText, classCountText, contradictionsText, preparationText, shapeText, sizeText, datasetSummary } from './dataset-text'
import type { Dataset } from '../api/types'

const digits: Dataset = {
  name: 'digits',
  origin: 'built_in',
  base: 'digits',
  version: 1,
  duplicates: 0,
  feature_bytes: 0,
  notices: [],
  skipped: { count: 0, items: [] },
  status: 'ready',
  cached: false,
  error: null,
  classes: ['0', '1'],
  image_shape: [8, 8, 1],
  counts: { train: [700, 737], test: [180, 180] },
  content_hash: 'a',
}

test('a dataset is described by shape, size and classes', () => {
  expect(shapeText(digits)).toBe('8 × 8 grayscale')
  expect(shapeText({ ...digits, image_shape: [32, 32, 3] })).toBe('32 × 32 RGB')
  expect(sizeText(digits)).toBe('1,437 train, 360 test images')
  expect(classCountText(digits)).toBe('2 classes')
})

test('a dataset without images is described by what is known', () => {
  const missing: Dataset = { ...digits, counts: null, status: 'missing' }
  expect(datasetSummary(missing)).toBe('8 × 8 grayscale · 2 classes')
  expect(datasetSummary(digits)).toBe('1,437 train, 360 test images · 8 × 8 grayscale · 2 classes')
  expect(datasetSummary({ ...digits, fit: 'pad' })).toContain('8 × 8 grayscale, padded')
})

test('a version says that it is being made, for which other datasets have a bar', () => {
  const version: Dataset = { ...digits, origin: 'version', counts: null, status: 'preparing' }
  expect([version, { ...version, origin: 'upload' } as Dataset].map(datasetSummary)).toEqual(['8 × 8 grayscale · 2 classes · being made', '8 × 8 grayscale · 2 classes'])
})

test('files in the cache of Keras are unpacked, not downloaded', () => {
  const cached: Dataset = { ...digits, counts: null, cached: true }
  expect(datasetSummary({ ...cached, status: 'preparing' })).toBe('8 × 8 grayscale · 2 classes')
  expect(datasetSummary({ ...cached, status: 'failed' })).toBe('8 × 8 grayscale · 2 classes · unpacking failed')
})

test('what comes before training has its size', () => {
  const missing: Dataset = { ...digits, counts: null, status: 'missing', download_bytes: 170_498_071 }
  expect([missing, { ...missing, cached: true }, { ...missing, download_bytes: null }, digits].map(preparationText)).toEqual(['170 MB download', 'unpacking', 'download', ''])
})

test('a choice of the form has the words of the list of datasets, then what has to be downloaded', () => {
  const missing: Dataset = { ...digits, counts: null, status: 'missing', download_bytes: 170_498_071 }
  const upload: Dataset = { ...digits, origin: 'upload', download_bytes: null }
  const choices: Dataset[] = [missing, { ...missing, status: 'failed' }, { ...missing, cached: true }, { ...missing, status: 'preparing' }, digits, { ...upload, status: 'failed' }, { ...upload, status: 'missing' }]
  expect(choices.map(choiceText)).toEqual(['Not downloaded, 170 MB', 'Failed, 170 MB', "In Keras' cache", 'Preparing', '', 'Failed', 'Missing'])
})

test('pictures in several classes say what was done with them', () => {
  expect(contradictionsText({ settled: 5, handled: 'leave_out', kept: 0 })).toBe('5 pictures were in more than one class: none of the files is used.')
  expect(contradictionsText({ settled: 1, handled: 'first', kept: 0 })).toContain('1 picture was in more than one class: only those of the first class')
  expect(contradictionsText({ settled: 0, handled: 'keep', kept: 2 })).toBe('')
})
