import { expect, test } from 'vitest'
import type { Dataset } from '../api/types'
import { chosenDataset, datasetChoices, madeOf, withVersion } from './versions'

const dataset = (base: string, version: number, status: Dataset['status'] = 'ready'): Dataset => ({
  name: version === 1 ? base : `${base}@${version}`,
  base,
  version,
  status,
  origin: version === 1 ? 'upload' : 'version',
  cached: false,
  duplicates: 0,
  feature_bytes: 0,
  notices: [],
  skipped: { count: 0, items: [] },
})
const DATASETS = [dataset('fashion_mnist', 1), dataset('fashion_mnist', 2), dataset('fashion_mnist', 3, 'preparing'), dataset('shells', 1)]

test('a name without a version is the newest that is ready', () => {
  expect(datasetChoices(DATASETS).map(({ name, title }) => `${name}: ${title}`)).toEqual([
    'fashion_mnist: Fashion-MNIST, newest (version 2)',
    'fashion_mnist@1: Fashion-MNIST, version 1',
    'fashion_mnist@2: Fashion-MNIST, version 2',
    'fashion_mnist@3: Fashion-MNIST, version 3',
    'shells: shells',
  ])
  expect(chosenDataset(DATASETS, 'fashion_mnist')?.version).toBe(2)
  expect(chosenDataset(DATASETS, 'fashion_mnist@1')?.version).toBe(1)
  expect(chosenDataset(DATASETS, 'shells@1')?.name).toBe('shells')
  expect(chosenDataset(DATASETS, 'gone')).toBeUndefined()
})

test('the copy of a run on version 1 stays there', () => {
  expect(withVersion({ dataset: { name: 'fashion_mnist' } }, DATASETS)).toEqual({ dataset: { name: 'fashion_mnist@1' } })
  expect(withVersion({ dataset: { name: 'fashion_mnist@2' } }, DATASETS)).toEqual({ dataset: { name: 'fashion_mnist@2' } })
  expect(withVersion({ dataset: { name: 'shells' } }, DATASETS)).toEqual({ dataset: { name: 'shells' } })
})

test('a version says what it is made of', () => {
  const derived = { of: 'shells', relabelled: 1, left_out: 1200, renamed: {}, merged: { cone: 'whelk' }, classes_left_out: ['clam'] }
  expect(madeOf({ ...dataset('shells', 2), derived })).toBe('1 label changed, 1,200 images left out, without clam, cone merged into whelk; made of shells')
  const images = { image_size: 64, fit: 'pad' as const, color: 'rgb' as const }
  const decoded = { ...derived, relabelled: 0, left_out: 0, merged: {}, classes_left_out: [], images }
  expect(madeOf({ ...dataset('shells', 2), derived: decoded })).toBe('decoded again as 64 × 64 RGB, padded; made of shells')
  expect(madeOf(dataset('shells', 1))).toBe('')
})
