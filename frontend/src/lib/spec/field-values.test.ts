import { expect, test } from 'vitest'
import { allowedRange, parseValue, formatValue, valueError } from './field-values'
import type { Limit } from '../api/types'

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
  expect(valueError(epochs, 0)).toBe('1 to 10,000: you gave 0')
  expect(valueError(epochs, 1.5)).toBe('a whole number: you gave 1.5')
  expect(valueError(epochs, 'many')).toBe('a whole number: you gave many')
  expect(valueError(epochs, null)).toBe('required')
  expect(valueError(rate, 0)).toBe('above 0, at most 10: you gave 0')
  expect(valueError(limit, null)).toBeNull()
  expect(valueError({ type: 'string', title: 'Padding', choices: ['valid', 'same'] }, 'full')).toBe(
    'one of valid, same: you gave full',
  )
})

test('lists are checked item by item', () => {
  expect(valueError(filters, [32])).toBeNull()
  expect(valueError(filters, [])).toBe('at least 1 value')
  expect(valueError(filters, [1, 2, 3, 4])).toBe('at most 3 values: you gave 4')
  expect(valueError(filters, [32, 0])).toBe('1 to 2,048: you gave 0')
  expect(valueError(filters, [32, 'x'])).toBe('a whole number: you gave x')
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
  expect(valueError(blocks, parseValue(blocks, '32 | '))).toBe('at least 1 value')
  expect(valueError(blocks, parseValue(blocks, '32 | x'))).toBe('a whole number: you gave x')
})

test('a range as text', () => {
  expect(allowedRange(limit)).toBe('at least 1')
  expect(allowedRange({ type: 'number', title: '', minimum: 0, exclusive_maximum: 1 })).toBe('at least 0, below 1')
})
