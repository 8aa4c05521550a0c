import { expect, test } from 'vitest'
import type { Summary } from '../api/study-types'
import { meansHref, rankedMeans } from './means'
import { study } from './study-examples'

const summary = (rate: number, mean: number, n: number): Summary => ({ values: { rate }, mean, deviation: n > 1 ? 0.01 : null, n })
const rates = (objective: string, summaries: Summary[]): unknown[] => rankedMeans(study({ objective, summary: summaries })).map(({ values }) => values.rate)

test('the best mean comes first, which is the lowest of a loss', () => {
  const summaries = [summary(0.001, 0.9, 2), summary(0.01, 0.95, 2), summary(0.1, 0.5, 1)]
  expect(rates('best.val_accuracy', summaries)).toEqual([0.01, 0.001, 0.1])
  expect(rates('best.val_loss', summaries)).toEqual([0.1, 0.001, 0.01])
})

test('combinations that were trained once have no means', () => {
  expect(rates('best.val_accuracy', [summary(0.001, 0.9, 1), summary(0.01, 0.95, 1)])).toEqual([])
})

test('values that a search drew twice have no mean over seeds, since both runs had the same one', () => {
  const summaries = [summary(0.001, 0.9, 3), summary(0.01, 0.95, 1)]
  expect((['grid', 'random', 'tpe'] as const).map((kind) => rankedMeans(study({ kind, summary: summaries })).length)).toEqual([2, 0, 0])
})

test('the comparison groups the runs of the study by its settings', () => {
  const search = study({ id: 's1', space: { batch_size: [32, 64], 'model.options.l2': [0, 1] }, importance: { 'model.options.l2': 0.9, batch_size: 0.1 } })
  expect(meansHref(search)).toBe('/compare?study=s1&by=model.options.l2%2Cbatch_size')
})
