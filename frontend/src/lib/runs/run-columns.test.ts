import { expect, test } from 'vitest'
import { commonMetric, NEWEST_FIRST, parseSort, RUN_COLUMNS, sparkMetric, sparkTitle } from './run-columns'

const best = (monitor: string) => ({ best: { epoch: 1, monitor, value: 0.5, metrics: {} }, spec: {} })
const queued = { best: null, spec: { callbacks: { checkpoint: { monitor: 'val_accuracy' } } } }

test('an address sorts by a column, either way', () => {
  expect(parseSort('name')).toBe('name')
  expect(parseSort('-best.val_accuracy')).toBe('-best.val_accuracy')
})

test('an unknown column is ignored', () => {
  expect([null, '', 'nonsense', '--name'].map(parseSort)).toEqual([NEWEST_FIRST, NEWEST_FIRST, NEWEST_FIRST, NEWEST_FIRST])
})

test('the column of times shows what it sorts by', () => {
  expect(RUN_COLUMNS.at(-1)).toMatchObject({ field: 'created_at', title: 'Launched' })
})

test('the head of the sparklines names the metric of most runs', () => {
  expect(commonMetric([best('val_loss'), best('val_accuracy'), queued])).toBe('val_accuracy')
  expect(commonMetric([])).toBe('val_loss')
  expect(sparkTitle('val_accuracy')).toBe('Validation accuracy')
})

test('a run that has no epoch yet has the metric that it will be judged by', () => {
  expect(sparkMetric(queued)).toBe('val_accuracy')
  expect(sparkMetric(best('val_macro_f1'))).toBe('val_macro_f1')
})
