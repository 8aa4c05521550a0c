import { expect, test } from 'vitest'
import type { RunGroup } from '../api/types'
import { emptyBefore, groupCounts, groupTitle, sortedGroups, summaryText } from './groups'

const summary = (low: number, high: number) => ({ mean: (low + high) / 2, deviation: 0.0014, low, high, n: 5 })
const group: RunGroup = {
  values: { model: 'vgg', seed: 3, init: null },
  statuses: {},
  n: 5,
  summary: { 'best.val_accuracy': summary(0.92, 0.93), 'optimizer.learning_rate': summary(0.001, 0.1), batch_size: summary(32, 32) },
}

test('a group is called by its values', () => {
  expect(groupTitle(group)).toBe('VGG-like CNN · Seed 3 · Initial weights not set')
})

test('a metric has its mean and deviation, a setting its value or range', () => {
  expect(summaryText('best.val_accuracy', group)).toEqual({ text: '92.50%', spread: '± 0.14', title: '92.00% to 93.00%, n = 5' })
  expect(summaryText('optimizer.learning_rate', group)?.text).toBe('0.001 to 0.1')
  expect(summaryText('batch_size', group)?.text).toBe('32')
  expect([summaryText('name', group), summaryText('study', group)]).toEqual([null, null])
})

test('the title of a group has the place of the empty cells beside it', () => {
  expect(emptyBefore(['status', 'curve', 'best.val_accuracy', 'dataset'], group)).toBe(2)
  expect([emptyBefore(['seed', 'status'], group), emptyBefore(['status', 'curve'], group)]).toEqual([0, 2])
})

test('groups have the order of their values or of a mean, those without it last', () => {
  const of = (seed: number, mean: number | null): RunGroup => ({ values: { seed }, n: 1, statuses: {}, summary: { 'best.val_loss': { mean, deviation: null, low: mean, high: mean, n: 1 } } })
  const groups = [of(0, null), of(1, 0.5), of(2, 0.7)]
  const seeds = (sort: string) => sortedGroups(groups, sort).map(({ values }) => values.seed)

  expect([seeds('-best.val_loss'), seeds('-seed'), seeds('name')]).toEqual([[2, 1, 0], [2, 1, 0], [0, 1, 2]])
})

test('a group counts what is not simply finished', () => {
  expect(groupCounts({ n: 12, statuses: { finished: 9, failed: 2, running: 1 } })).toBe('12 runs · 2 failed · 1 training')
  expect(groupCounts({ n: 1, statuses: { finished: 1 } })).toBe('1 run')
})
