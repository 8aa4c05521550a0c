import { expect, test } from 'vitest'
import { canVary, suggested, variedOf, variedText, type VariedText } from './vary'
import type { Limit } from '../../api/types'

const rate: Limit = { type: 'number', title: 'Learning rate', exclusive_minimum: 0, maximum: 10 }
const dropout: Limit = { type: 'number', title: 'Dropout', minimum: 0, exclusive_maximum: 1 }
const batch: Limit = { type: 'integer', title: 'Batch size', minimum: 1, maximum: 4096 }
const filters: Limit = { type: 'list', title: 'Filters', items: { type: 'integer', title: '', minimum: 1 } }
const norm: Limit = { type: 'boolean', title: 'Batch normalization' }

const text = (changes: Partial<VariedText>): VariedText => ({ form: 'list', list: '', low: '', high: '', log: false, step: '', choices: [], ...changes })
const list = (limit: Limit, typed: string) => variedOf(limit, text({ list: typed }), false)
const range = (changes: Partial<VariedText>, limit = rate) => variedOf(limit, text({ form: 'range', ...changes }), true)

test('a list has at least two different, allowed values', () => {
  expect(list(batch, '32, 64').values).toEqual([32, 64])
  expect(list(batch, '32').error).toBe('Enter at least two values, separated by commas')
  expect(list(batch, '32, 32').error).toBe('32 is given twice')
  expect(list(batch, '32, many').error).toBe('Enter a whole number from 1 to 4,096')
})

test('the values of a list field are separated by semicolons', () => {
  expect(list(filters, '32, 64; 64, 128').values).toEqual([[32, 64], [64, 128]])
})

test('a switch is tried on and off', () => {
  expect(variedOf(norm, suggested(norm, false), false).values).toEqual([false, true])
  expect(variedOf(norm, text({ choices: [true] }), false).error).toBe('Choose at least two')
})

test('a range has a low end below its high end, a logarithmic one begins above 0', () => {
  expect(range({ low: '0.0001', high: '0.01', log: true }).values).toEqual({ low: 0.0001, high: 0.01, log: true })
  expect(range({ low: '0.1', high: '0.01' }).error).toBe('The low end must be below the high end')
  expect(range({ low: '0', high: '0.5', log: true }, dropout).error).toBe('A logarithmic range must begin above 0')
  expect(range({ low: '0', high: '0.5', step: '0.1' }, dropout).values).toEqual({ low: 0, high: 0.5, step: 0.1 })
  expect(range({ low: '0', high: '0.5', step: '2' }, dropout).error).toContain('The step')
  expect(range({ low: '', high: '0.5' }).error).toContain('Enter a value')
})

test('a grid takes no range', () => {
  expect(variedOf(rate, text({ form: 'range', list: '0.1, 0.01', low: '0.001', high: '0.1' }), false).values).toEqual([0.1, 0.01])
})

test('a ticked field suggests a range around its value', () => {
  expect(suggested(rate, 0.001)).toMatchObject({ list: '0.001', low: '0.0001', high: '0.01', log: true })
  expect(suggested(dropout, 0.5)).toMatchObject({ low: '0', high: '0.5', log: false })
  expect(suggested(batch, 32)).toMatchObject({ low: '16', high: '64', log: false })
})

test('settings can be varied, seeds, names and parts can not', () => {
  expect([canVary('batch_size', batch), canVary('seed', batch), canVary('augmentation', { type: 'part', title: '' }), canVary('init', undefined)]).toEqual([true, false, false, false])
})

test('what is varied, in words', () => {
  expect(variedText([false, true])).toBe('off, on')
  expect(variedText([[32], [32, 64]])).toBe('32; 32, 64')
  expect(variedText({ low: 0.0001, high: 0.01, log: true })).toBe('0.0001 to 0.01, log')
  expect(variedText({ low: 0, high: 0.5, step: 0.1 })).toBe('0 to 0.5 in steps of 0.1')
})

test('of many choices only the present one is ticked to begin with', () => {
  const datasets: Limit = { type: 'string', title: 'Dataset', choices: ['a', 'b', 'c', 'd', 'e', 'f', 'g'] } as unknown as Limit
  expect(canVary('dataset.name', datasets)).toBe(true)
  expect(suggested(datasets, 'b').choices).toEqual(['b'])
  expect(suggested({ ...datasets, choices: ['a', 'b'] }, 'b').choices).toEqual(['a', 'b'])
})
