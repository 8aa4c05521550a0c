import { expect, test } from 'vitest'
import { fieldTitle } from './field-title'

test.each([
  ['optimizer.learning_rate', 'Learning rate'],
  ['callbacks.early_stopping.patience', 'Early stopping patience'],
  ['callbacks.reduce_lr.factor', 'Plateau factor'],
  ['model.options.dense_dropout', 'Dropout after dense layers'],
  ['init.run', 'Initial weights'],
])('%s is called "%s"', (path, title) => {
  expect(fieldTitle(path)).toBe(title)
})
