import { expect, test } from 'vitest'
import type { LiveRun } from './runs'
import { baseline, stats } from './stats'
import type { Report } from './types'

const OPTIMISTIC = 'chosen on these images, so a little optimistic'
const table = {
  epochs: [1, 2, 3],
  series: { accuracy: [0.7, 0.8, 0.9], val_accuracy: [0.72, 0.8, 0.85], val_loss: [0.9, 0.5, 0.6] },
}
const best = { epoch: 2, monitor: 'val_loss', value: 0.5, metrics: { val_accuracy: 0.8, val_loss: 0.5 } }
const run = {
  status: 'running',
  spec: {},
  best,
  epoch: 3,
  epochs: 10,
  eta_seconds: 41,
  received: 0,
} as unknown as LiveRun

test('four numbers with what stands beside them', () => {
  expect(stats(run, table, null, 0)).toEqual([
    { title: 'Best validation loss', value: '0.5000', beside: 'epoch 2', note: OPTIMISTIC },
    { title: 'Its validation accuracy', value: '80.00%', beside: 'best seen 85.00%, epoch 3' },
    { title: 'Epoch', value: '4', beside: 'of 10, 41 s left' },
    { title: 'Gap, training to validation', value: '5.0 pt', beside: 'epoch 3' },
  ])
})

test('chosen by accuracy, the loss stands beside it', () => {
  const other = { ...run, best: { ...best, monitor: 'val_accuracy', value: 0.8 } }
  expect(stats(other, table, null, 0)[1]).toMatchObject({ title: 'Its validation loss', value: '0.5000', beside: '' })
})

test('an ended run says how long it took', () => {
  const ended = {
    ...run,
    status: 'finished',
    epoch: 10,
    started_at: '2026-01-01T00:00:00Z',
    finished_at: '2026-01-01T00:02:03Z',
  } as LiveRun
  expect(stats(ended, table, null, 0)[2]).toMatchObject({ value: '10', beside: 'of 10, in 2 min 3 s' })
})

test('before the first epoch there are no figures', () => {
  const young = { ...run, best: null, epoch: 0, eta_seconds: null } as LiveRun
  expect(stats(young, { epochs: [], series: {} }, null, 0).map((stat) => stat.value)).toEqual(['–', '–', '1', '–'])
})

const report = {
  baseline_accuracy: 0.125,
  classes: [
    { name: 'Bag', support: 10 },
    { name: 'Coat', support: 30 },
  ],
} as Report

test('an accuracy stands beside that of always answering the commonest class', () => {
  expect(baseline(report)).toBe('always answering Coat: 12.5%')
  expect(stats(run, table, report, 0)[1]!.note).toBe('always answering Coat: 12.5%')
})

test('the penalty is told apart from the loss', () => {
  const penalized = { ...run, best: { ...best, metrics: { ...best.metrics, penalty: 0.11 } } } as LiveRun
  expect(stats(penalized, table, null, 0)[0]!.note).toBe(`0.1100 of it is the penalty; ${OPTIMISTIC}`)
})

test('where validation came from train, the best is no optimist, and the test split has its figure', () => {
  const spec = { dataset: { validation: { from: 'train' } } }
  const tested = { ...run, spec, test: { epoch: 2, metrics: { loss: 0.6, accuracy: 0.79 } } } as unknown as LiveRun
  const [first, , , , last] = stats(tested, table, null, 0)
  expect(first!.note).toBeUndefined()
  expect(last).toMatchObject({ title: 'Accuracy on the test split', value: '79.00%', beside: 'loss 0.6000' })
})
