import { expect, test } from 'vitest'
import { groupableFields, groupRows, groupVerdict } from './groups'
import type { RunField, RunGroup } from '../api/types'

const group = (values: Record<string, unknown>, mean: number | null, low = 0, high = 1, n = 3): RunGroup =>
  ({ values, n, summary: mean === null ? {} : { 'best.val_accuracy': { mean, deviation: n > 1 ? 0.002 : null, low, high, n } } }) as RunGroup
const field = (path: string, changes: object = {}): RunField => ({ path, title: path, kind: 'number', group: 'spec', values: [1, 2], min: 1, max: 2, differs: true, ...changes }) as RunField

test('groups of several fields read as a tree', () => {
  const by = ['optimizer.name', 'batch_size']
  const groups = [group({ 'optimizer.name': 'adam', batch_size: 32 }, 0.91), group({ 'optimizer.name': 'adam', batch_size: 64 }, 0.9), group({ 'optimizer.name': 'sgd', batch_size: null }, null)]
  const rows = groupRows(groups, by, { dataset: 'digits', where: ['epochs>5'] })
  expect(rows.map(({ values }) => values)).toEqual([['adam', '32'], ['', '64'], ['sgd', 'not set']])
  expect(rows.map(({ summaries }) => summaries[0])).toEqual(['91.00% ± 0.20', '90.00% ± 0.20', '–'])
  expect(rows[2]).toMatchObject({ key: 'C', runs: '3 runs', href: '/?dataset=digits&where=epochs%3E5&where=optimizer.name%3Dsgd&where=batch_size%3Dnull' })
})

test('a group is better in every run, or the groups overlap', () => {
  expect(groupVerdict([group({}, 0.9, 0.89, 0.905), group({}, 0.93, 0.92, 0.94)]).title).toBe('B is better in every run')
  expect(groupVerdict([group({}, 0.9, 0.89, 0.925), group({}, 0.93, 0.92, 0.94)]).title).toBe('B leads, and the groups overlap')
  expect(groupVerdict([group({}, 0.9, 0.9, 0.9, 1), group({}, 0.93, 0.93, 0.93, 1)]).title).toBe('B leads, and the groups overlap')
  expect(groupVerdict([group({}, 0.9)]).title).toBe('Too few results')
})

test('fields of few values can be grouped by, settings before columns, seeds last', () => {
  const fields = [field('status', { group: 'run' }), field('seed'), field('optimizer.name'), field('name', { values: null }), field('epochs', { differs: false }), field('best.val_loss', { group: 'best' })]
  expect(groupableFields(fields).map(({ path }) => path)).toEqual(['optimizer.name', 'status', 'seed'])
})
