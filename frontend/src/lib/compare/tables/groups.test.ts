import { expect, test } from 'vitest'
import { groupableFields, groupRows, groupVerdict } from './groups'
import type { GroupTest, RunField, RunGroup } from '../../api/types'

const group = (values: Record<string, unknown>, mean: number | null, low = 0, high = 1, n = 3): RunGroup =>
  ({ values, n, summary: mean === null ? {} : { 'best.val_accuracy': { mean, deviation: n > 1 ? 0.002 : null, low, high, n } } }) as RunGroup
const field = (path: string, changes: object = {}): RunField => ({ path, title: path, kind: 'number', group: 'spec', values: [1, 2], min: 1, max: 2, differs: true, ...changes }) as RunField

test('groups of several fields read as a tree', () => {
  const by = ['optimizer.name', 'batch_size']
  const groups = [group({ 'optimizer.name': 'adam', batch_size: 32 }, 0.91), group({ 'optimizer.name': 'adam', batch_size: 64 }, 0.9), group({ 'optimizer.name': 'sgd', batch_size: null }, null)]
  const rows = groupRows(groups, by, { dataset: 'digits', where: ['epochs>5'] })
  expect(rows.map(({ values }) => values)).toEqual([['Adam', '32'], ['', '64'], ['SGD', 'not set']])
  expect(rows.map(({ summaries }) => summaries[0])).toEqual(['91.00% ± 0.20', '90.00% ± 0.20', '–'])
  expect(rows[2]).toMatchObject({ key: 'C', runs: '3 runs', href: '/?dataset=digits&where=epochs%3E5&where=optimizer.name%3Dsgd&where=batch_size%3Dnull' })
})

const groups = [group({ seed: 1 }, 0.9), group({ seed: 2 }, 0.93)]
const tested = (changes: Partial<GroupTest>): GroupTest =>
  ({ first: { seed: 2 }, second: { seed: 1 }, groups: 2, n: [3, 4], test: 'welch-t', difference: 0.03, interval: [0.01, 0.05], p_value: 0.012, ...changes })

test('a group is better by the test of the server', () => {
  expect(groupVerdict(groups, tested({}))).toEqual({
    title: 'B is better than A',
    text: "On average B reaches 3.00 points more than A (95% interval 1.00 to 5.00). Welch's t-test of 3 and 4 runs: p = 0.012.",
  })
  expect(groupVerdict(groups, tested({ p_value: 0.2, test: 'paired-t', n: [3, 3] }))).toMatchObject({ title: 'B leads, which may be chance', text: expect.stringContaining('Paired t-test of 3 shared seeds: p = 0.2.') })
})

test('groups with the same mean have no leader', () => {
  const level = groupVerdict(groups, tested({ difference: 0.00001, interval: [-0.0183, 0.0183], p_value: 1 }))
  expect([level.title, level.text]).toEqual(['B and A are level', expect.stringContaining('On average B and A reach the same (95% interval −1.83 to 1.83).')])
})

test('single runs are no test, and the best of many groups had many tries', () => {
  expect(groupVerdict(groups, tested({ interval: null, p_value: null })).title).toBe('B leads, untested')
  expect(groupVerdict(groups, tested({ groups: 5 })).text).toContain('the best two of 5 groups')
  expect(groupVerdict(groups, null).title).toBe('Too few results')
})

test('fields of few values can be grouped by, settings before columns, seeds last', () => {
  const fields = [field('status', { group: 'run' }), field('seed'), field('optimizer.name'), field('name', { values: null }), field('epochs', { differs: false }), field('best.val_loss', { group: 'best' })]
  expect(groupableFields(fields).map(({ path }) => path)).toEqual(['optimizer.name', 'status', 'seed'])
})
