import { expect, test } from 'vitest'
import { differences } from './difference'
import type { Spec } from './types'

const spec: Spec = {
  model: { preset: 'vgg', options: { dense_dropout: 0.2, blocks: [[32, 32], [64]] } },
  augmentation: null,
  epochs: 15,
  preprocessing: { scaling: 'unit' },
  callbacks: { early_stopping: { patience: 5 } },
}
const said = (after: Spec): string[] => differences(spec, after).map((one) => `${one.title}: ${one.before} → ${one.after}`)

test('equal specs differ in nothing', () => {
  expect(differences(spec, structuredClone(spec))).toEqual([])
})

test('each changed value is told with what it was', () => {
  const after = { ...spec, epochs: 30, model: { preset: 'vgg', options: { dense_dropout: 0.3, blocks: [[32], [64]] } } }
  expect(said(after)).toEqual(['Dense dropout: 0.2 → 0.3', 'Blocks: 32, 32 | 64 → 32 | 64', 'Epochs: 15 → 30'])
})

test('a part that is turned on or off is told as one', () => {
  expect(said({ ...spec, augmentation: { zoom: 0.1 } })).toEqual(['Augmentation: none → on'])
  expect(said({ ...spec, callbacks: { early_stopping: { patience: 9 } } })).toEqual(['Early stopping patience: 5 → 9'])
  expect(said({ ...spec, preprocessing: { scaling: 'signed' } })).toEqual(['Scaling: 0 to 1 → −1 to 1'])
})

test('weights to begin with are no "on" and "none"', () => {
  expect(differences({ init: null }, { init: { run: 'abc' } })).toEqual([
    { path: 'init', title: 'Begins with', before: 'random weights', after: "another run's weights" },
  ])
})
