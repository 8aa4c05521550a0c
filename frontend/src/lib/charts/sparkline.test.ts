import { expect, test } from 'vitest'
import { sparkPath } from './sparkline'

test('a line from edge to edge', () => {
  expect(sparkPath([2, 1, 0])).toBe('M2.0 2.0L48.0 12.0L94.0 22.0')
})

test('a hole breaks the line, one value draws none', () => {
  expect(sparkPath([1, null, 1])).toBe('M2.0 12.0M94.0 12.0')
  expect(sparkPath([1])).toBe('')
  expect(sparkPath([null, null])).toBe('')
})
