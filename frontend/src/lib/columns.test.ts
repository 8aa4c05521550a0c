import { expect, test } from 'vitest'
import { NEWEST, sortOf } from './columns'

test('an address sorts by a column, either way', () => {
  expect(sortOf('name')).toBe('name')
  expect(sortOf('-best.val_accuracy')).toBe('-best.val_accuracy')
})

test('what is no column sorts nothing', () => {
  expect([null, '', 'nonsense', '--name'].map(sortOf)).toEqual([NEWEST, NEWEST, NEWEST, NEWEST])
})
