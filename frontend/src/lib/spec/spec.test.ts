import { expect, test } from 'vitest'
import { valueAt, choiceTitle, modelForm, bestDirection, leavesTestUnseen, withValue } from './spec'
import type { Spec } from '../api/types'

const spec: Spec = { model: { preset: 'vgg', options: {} }, optimizer: { name: 'adam', learning_rate: 0.001 } }

test('values are read and set by path', () => {
  expect(valueAt(spec, 'optimizer.learning_rate')).toBe(0.001)
  expect(valueAt(spec, 'optimizer.none.there')).toBeUndefined()
  const changed = withValue(spec, 'optimizer.learning_rate', 0.01)
  expect(valueAt(changed, 'optimizer.learning_rate')).toBe(0.01)
  expect(valueAt(changed, 'optimizer.name')).toBe('adam')
  expect(valueAt(spec, 'optimizer.learning_rate')).toBe(0.001)
})

test('a model is a preset, a list of layers or a Keras model', () => {
  expect([spec, { model: { layers: [] } }, { model: { keras: {} } }].map(modelForm)).toEqual(['vgg', 'layers', 'keras'])
})

test('validation images may come from the training images', () => {
  expect(leavesTestUnseen(spec)).toBe(false)
  for (const from of ['train', 'validation']) expect(leavesTestUnseen({ dataset: { validation: { from } } })).toBe(true)
})

test('choices have titles', () => {
  expect(choiceTitle('callbacks.early_stopping.monitor', 'val_macro_f1')).toBe('validation macro F1')
  expect(choiceTitle('model.options.padding', 'last_valid')).toBe('same, last valid')
  expect(choiceTitle('model.options.padding', 'valid')).toBe('valid')
})

test('the best loss is the lowest, other metrics the highest', () => {
  expect(bestDirection('val_loss')).toBe('lowest')
  expect(bestDirection('val_macro_f1')).toBe('highest')
})
