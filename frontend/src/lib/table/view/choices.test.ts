import { expect, test } from 'vitest'
import type { RunField } from '../../api/types'
import { columnSections, fieldSections, hintOf } from './choices'

const field = (path: string, changes: Partial<RunField> = {}): RunField => ({ path, title: path, kind: 'number', group: 'spec', values: null, min: null, max: null, differs: true, ...changes })
const FIELDS = [field('seed', { title: 'Seed', values: [0, 1, 2] }), field('batch_size', { title: 'Batch size', values: [32], differs: false }), field('best.val_loss', { group: 'best', min: 0.2, max: 1 })]

test('fields are listed by group, and found by title or path', () => {
  expect(fieldSections(FIELDS).map(({ title, items }) => [title, ...items.map((item) => item.title)])).toEqual([
    ['Settings', 'Batch size', 'Seed'],
    ['Best epoch', 'Val. loss at best'],
  ])
  expect(fieldSections(FIELDS, 'batch')).toHaveLength(1)
})

test('columns that differ come before those that are the same in all runs', () => {
  const columns = [{ path: 'curve', width: null }]
  expect(columnSections(FIELDS, columns).map(({ items }) => items.map((item) => item.title))).toEqual([['Seed', 'Val. loss at best'], ['Batch size']])
})

test('a choice says what it holds', () => {
  expect(FIELDS.map(hintOf)).toEqual(['3 values', '32', '0.2000 to 1.0000'])
})
