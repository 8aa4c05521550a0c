import { expect, test } from 'vitest'
import { NEWEST_FIRST, parseSort } from './run-columns'

test('an address sorts by a column, either way', () => {
  expect(parseSort('name')).toBe('name')
  expect(parseSort('-best.val_accuracy')).toBe('-best.val_accuracy')
})

test('an unknown column is ignored', () => {
  expect([null, '', 'nonsense', '--name'].map(parseSort)).toEqual([NEWEST_FIRST, NEWEST_FIRST, NEWEST_FIRST, NEWEST_FIRST])
})
