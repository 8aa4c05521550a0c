import { expect, test } from 'vitest'
import { allowed, parsed, shown, tagsOf, wrong } from './form'
import type { Limit } from './types'

const epochs: Limit = { type: 'integer', title: 'Epochs', minimum: 1, maximum: 10000, default: 15 }
const rate: Limit = { type: 'number', title: 'Learning rate', exclusive_minimum: 0, maximum: 10 }
const limit: Limit = { type: 'integer', title: 'Training images', minimum: 1, nullable: true }
const filters: Limit = {
  type: 'list',
  title: 'Filters',
  min_length: 1,
  max_length: 3,
  items: { type: 'integer', title: '', minimum: 1, maximum: 2048 },
}

test('typed text becomes a value', () => {
  expect(parsed(epochs, ' 12 ')).toBe(12)
  expect(parsed(rate, '1e-3')).toBe(0.001)
  expect(parsed(limit, '')).toBeNull()
  expect(parsed(filters, '32, 64 128')).toEqual([32, 64, 128])
  expect(parsed(epochs, 'many')).toBe('many')
  expect(shown([32, 64])).toBe('32, 64')
  expect(shown(null)).toBe('')
})

test('a value that is not allowed is told with what is', () => {
  expect(wrong(epochs, 12)).toBeNull()
  expect(wrong(epochs, 0)).toBe('1 to 10,000: you gave 0')
  expect(wrong(epochs, 1.5)).toBe('a whole number: you gave 1.5')
  expect(wrong(epochs, 'many')).toBe('a whole number: you gave many')
  expect(wrong(epochs, null)).toBe('needs a value')
  expect(wrong(rate, 0)).toBe('above 0, at most 10: you gave 0')
  expect(wrong(limit, null)).toBeNull()
  expect(wrong({ type: 'string', title: 'Padding', choices: ['valid', 'same'] }, 'full')).toBe(
    'one of valid, same: you gave full',
  )
})

test('lists are checked item by item', () => {
  expect(wrong(filters, [32])).toBeNull()
  expect(wrong(filters, [])).toBe('at least 1')
  expect(wrong(filters, [1, 2, 3, 4])).toBe('at most 3: you gave 4')
  expect(wrong(filters, [32, 0])).toBe('1 to 2,048: you gave 0')
  expect(wrong(filters, [32, 'x'])).toBe('a whole number: you gave x')
})

const blocks: Limit = {
  type: 'list',
  title: 'Blocks',
  min_length: 1,
  items: { ...filters, min_length: 1, max_length: 6 },
}

test('lists in a list are kept apart by bars', () => {
  expect(shown([[32, 32], [64]])).toBe('32, 32 | 64')
  expect(parsed(blocks, '32, 32 | 64')).toEqual([[32, 32], [64]])
  expect(wrong(blocks, parsed(blocks, '32, 32 | 64'))).toBeNull()
  expect(wrong(blocks, parsed(blocks, '32 | '))).toBe('at least 1')
  expect(wrong(blocks, parsed(blocks, '32 | x'))).toBe('a whole number: you gave x')
})

test('a range in words', () => {
  expect(allowed(limit)).toBe('at least 1')
  expect(allowed({ type: 'number', title: '', minimum: 0, exclusive_maximum: 1 })).toBe('at least 0, below 1')
})

test('tags are words between commas', () => {
  expect(tagsOf(' lr, wide ,, lr')).toEqual(['lr', 'wide'])
})
