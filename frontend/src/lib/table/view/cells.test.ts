import { expect, test } from 'vitest'
import type { LiveRow } from '../../api/types'
import { cellColumn, cellTitle } from './cells'

test('a column knows how its cells look', () => {
  expect(cellColumn('best.val_accuracy', undefined, 'best.val_accuracy')).toEqual({ path: 'best.val_accuracy', classes: 'num c-main', isTime: false })
  expect(cellColumn('created_at', undefined, '')).toEqual({ path: 'created_at', classes: 'num', isTime: true })
  expect(cellColumn('status', undefined, '').classes).toBe('c-status')
  expect(cellColumn('curve', undefined, '').classes).toBe('c-curve curve')
  expect(cellColumn('dataset', undefined, '').classes).toBe('')
})

test('the title of a cell is its whole text, and the interval of an accuracy', () => {
  const row = { fields: { 'best.val_accuracy': 0.9, dataset: 'digits', tag: null }, validation_images: 100 } as unknown as LiveRow
  expect(cellTitle(row, 'best.val_accuracy')).toBe('90.00%, 95% interval 82.6 to 94.5% on 100 images')
  expect(cellTitle(row, 'tag')).toBeUndefined()
})
