import { expect, test } from 'vitest'
import { allowedRange, parseValue, formatValue, valueError } from './field-values'
import type { Limit } from '../api/types'

const epochs: Limit = { type: 'integer', title: 'Epochs', minimum: 1, maximum: 100000, default: 15 }
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
  expect(parseValue(epochs, ' 12 ')).toBe(12)
  expect(parseValue(rate, '1e-3')).toBe(0.001)
  expect(parseValue(limit, '')).toBeNull()
  expect(parseValue(filters, '32, 64 128')).toEqual([32, 64, 128])
  expect(parseValue(epochs, 'many')).toBe('many')
  expect(formatValue([32, 64])).toBe('32, 64')
  expect(formatValue(null)).toBe('')
})

test('an invalid value is refused with the allowed ones', () => {
  expect(valueError(epochs, 12)).toBeNull()
  expect(valueError(epochs, 0)).toBe('Enter a whole number from 1 to 100,000')
  expect(valueError(epochs, 1.5)).toBe('Enter a whole number from 1 to 100,000')
  expect(valueError(epochs, 'many')).toBe('Enter a whole number from 1 to 100,000')
  expect(valueError(epochs, null)).toBe('Enter a value')
  expect(valueError({ type: 'number', title: 'Cost', minimum: 1, maximum: 1000 }, NaN)).toBe('Enter a number from 1 to 1,000')
  expect(valueError(rate, 0)).toBe('Enter a number above 0 and at most 10')
  expect(valueError(limit, null)).toBeNull()
  expect(valueError({ type: 'string', title: 'Padding', choices: ['valid', 'same'] }, 'full')).toBe(
    'Choose one of valid, same',
  )
})

test('lists are checked item by item', () => {
  expect(valueError(filters, [32])).toBeNull()
  expect(valueError(filters, [])).toBe('Enter at least 1 value')
  expect(valueError(filters, [1, 2, 3, 4])).toBe('Enter at most 3 values')
  expect(valueError(filters, [32, 0])).toBe('Enter a whole number from 1 to 2,048')
  expect(valueError(filters, [32, 'x'])).toBe('Enter a whole number from 1 to 2,048')
})

const blocks: Limit = {
  type: 'list',
  title: 'Blocks',
  min_length: 1,
  items: { ...filters, min_length: 1, max_length: 6 },
}

test('nested lists are separated by bars', () => {
  expect(formatValue([[32, 32], [64]])).toBe('32, 32 | 64')
  expect(parseValue(blocks, '32, 32 | 64')).toEqual([[32, 32], [64]])
  expect(valueError(blocks, parseValue(blocks, '32, 32 | 64'))).toBeNull()
  expect(valueError(blocks, parseValue(blocks, '32 | '))).toBe('Enter at least 1 value')
  expect(valueError(blocks, parseValue(blocks, '32 | x'))).toBe('Enter a whole number from 1 to 2,048')
})

test('a range as text', () => {
  expect(allowedRange(limit)).toBe('at least 1')
  expect(allowedRange({ type: 'number', title: '', minimum: 0, exclusive_maximum: 1 })).toBe('at least 0, below 1')
})
