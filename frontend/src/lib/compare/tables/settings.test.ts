import { expect, test } from 'vitest'
import { settingCount, settingRows } from './settings'
import type { Comparison } from '../../api/types'

const comparison = {
  runs: [{}, {}],
  differences: [
    { path: 'model.options.flatten_dropout', values: [0, 0.3], defaults: [true, false] },
    { path: 'callbacks.early_stopping.patience', values: [null, 5], defaults: [false, false] },
    { path: 'model.options.batch_normalization', values: [false, true], defaults: [true, false] },
  ],
  common: { epochs: 15, 'dataset.train_limit': null },
} as unknown as Comparison

test('by default only the settings that differ are listed, defaults and absent ones marked', () => {
  const rows = settingRows(comparison, false)
  expect(rows.map(({ title }) => title)).toEqual(['Dropout before dense layers', 'Early stopping patience', 'Batch normalization'])
  expect(rows[0]!.values).toEqual([
    { text: '0', isDefault: true, isAbsent: false },
    { text: '0.3', isDefault: false, isAbsent: false },
  ])
  expect(rows[1]!.values[0]).toEqual({ text: 'not set', isDefault: false, isAbsent: true })
  expect(rows[2]!.values.map(({ text }) => text)).toEqual(['off', 'on'])
})

test('all settings include those that the runs share', () => {
  expect(settingRows(comparison, true).at(-2)).toMatchObject({ title: 'Epochs', differs: false, values: [{ text: '15' }, { text: '15' }] })
  expect(settingCount(comparison)).toBe('3 of 5 differ')
})
