import { expect, test } from 'vitest'
import { differences } from './differences'
import type { Spec } from '../api/types'

const spec: Spec = {
  model: { preset: 'vgg', options: { dense_dropout: 0.2, blocks: [[32, 32], [64]] } },
  augmentation: null,
  epochs: 15,
  preprocessing: { scaling: 'unit' },
  callbacks: { early_stopping: { patience: 5 } },
}
const texts = (after: Spec): string[] => differences(spec, after).map(({ title, before, after }) => `${title}: ${before} → ${after}`)

test('equal specs have no differences', () => {
  expect(differences(spec, structuredClone(spec))).toEqual([])
})

test('each changed value is listed with its old value', () => {
  const after = { ...spec, epochs: 30, model: { preset: 'vgg', options: { dense_dropout: 0.3, blocks: [[32], [64]] } } }
  expect(texts(after)).toEqual(['Dropout after dense layers: 0.2 → 0.3', 'Blocks: 32, 32 | 64 → 32 | 64', 'Epochs: 15 → 30'])
})

test('a part that is switched on or off is one difference', () => {
  expect(texts({ ...spec, augmentation: { zoom: 0.1 } })).toEqual(['Augmentation: none → on'])
  expect(texts({ ...spec, callbacks: { early_stopping: { patience: 9 } } })).toEqual(['Early stopping patience: 5 → 9'])
  expect(texts({ ...spec, preprocessing: { scaling: 'signed' } })).toEqual(['Pixel scaling: 0 to 1 → −1 to 1'])
})

test('initial weights have their own texts', () => {
  expect(differences({ init: null }, { init: { run: 'abc' } })).toEqual([
    { path: 'init', title: 'Initial weights', before: 'not from another run', after: 'from another run' },
  ])
})
