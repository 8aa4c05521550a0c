import { expect, test } from 'vitest'
import { at, choiceTitle, isFromTrain, modelForm, wanted, withValue } from './spec'
import type { Spec } from './types'

const spec: Spec = { model: { preset: 'vgg', options: {} }, optimizer: { name: 'adam', learning_rate: 0.001 } }

test('values are read and set by path', () => {
  expect(at(spec, 'optimizer.learning_rate')).toBe(0.001)
  expect(at(spec, 'optimizer.none.there')).toBeUndefined()
  const changed = withValue(spec, 'optimizer.learning_rate', 0.01)
  expect(at(changed, 'optimizer.learning_rate')).toBe(0.01)
  expect(at(changed, 'optimizer.name')).toBe('adam')
  expect(at(spec, 'optimizer.learning_rate')).toBe(0.001)
})

test('a model is described in one of several ways', () => {
  expect([spec, { model: { layers: [] } }, { model: { keras: {} } }].map(modelForm)).toEqual(['vgg', 'layers', 'keras'])
})

test('validation images may come from the training images', () => {
  expect(isFromTrain(spec)).toBe(false)
  expect(isFromTrain({ dataset: { validation: { from: 'train' } } })).toBe(true)
})

test('choices have names', () => {
  expect(choiceTitle('callbacks.early_stopping.monitor', 'val_macro_f1')).toBe('validation macro F1')
  expect(choiceTitle('model.options.padding', 'last_valid')).toBe('same, last valid')
  expect(choiceTitle('model.options.padding', 'valid')).toBe('valid')
})

test('a loss is wanted low', () => {
  expect(wanted('val_loss')).toBe('lowest')
  expect(wanted('val_macro_f1')).toBe('highest')
})
