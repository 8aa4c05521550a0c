import { expect, test } from 'vitest'
import type { LiveRun } from '../api/types'
import { baselineText, runStats } from './run-stats'
import type { Report } from '../api/types'

const OPTIMISTIC = 'Slightly optimistic: the epoch was picked on these images'
const TEST_MODE = 'Training accuracy without dropout and augmentation'
const table = {
  epochs: [1, 2, 3],
  series: { accuracy: [0.7, 0.8, 0.9], val_accuracy: [0.72, 0.8, 0.85], val_loss: [0.9, 0.5, 0.6] },
  elapsed: [],
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

test('four figures with their details', () => {
  expect(runStats(run, table, null, 0)).toEqual([
    { title: 'Best validation loss', value: '0.5000', detail: 'epoch 2', note: OPTIMISTIC, place: OPTIMISTIC },
    { title: 'Validation accuracy at that epoch', value: '80.00%', detail: 'best 85.00%, epoch 3', place: expect.stringContaining('Baseline') },
    { title: 'Epoch', value: '4', detail: 'of 10, about 40 s left', place: expect.stringContaining('Duration') },
    { title: 'Generalization gap', value: '5.0 pt', detail: 'epoch 3', place: TEST_MODE },
  ])
})

test('when accuracy is monitored, the loss is the other figure', () => {
  const other = { ...run, best: { ...best, monitor: 'val_accuracy', value: 0.8 } }
  expect(runStats(other, table, null, 0)[1]).toMatchObject({ title: 'Validation loss at that epoch', value: '0.5000', detail: '' })
})

test('the best value of another epoch is left out where it is written as the value at the best epoch', () => {
  const equal = { ...table, series: { ...table.series, val_accuracy: [0.72, 0.8, 0.80001] } }
  expect(runStats(run, equal, null, 0)[1]).toMatchObject({ value: '80.00%', detail: '' })
})

test('the gap says that training is measured in test mode, and keeps the place of that from the beginning', () => {
  const tested = { ...table, series: { ...table.series, train_eval_accuracy: [0.75, 0.85, 0.95] } }
  expect(runStats(run, tested, null, 0)[3]).toMatchObject({ value: '10.0 pt', note: TEST_MODE, place: TEST_MODE })
  expect(runStats(run, { epochs: [], series: {}, elapsed: [] }, null, 0)[3]).toEqual({ title: 'Generalization gap', value: '–', detail: '', place: TEST_MODE })
})

test('a gap that widens is amber only once the lowest validation loss is three epochs ago', () => {
  const widening = (losses: number[]) => ({ epochs: [1, 2, 3, 4], series: { accuracy: [0.8, 0.87, 0.92, 0.95], val_accuracy: [0.8, 0.84, 0.86, 0.87], val_loss: losses }, elapsed: [] })
  const gap = (losses: number[]) => runStats(run, widening(losses), null, 0)[3]
  expect(gap([0.6, 0.5, 0.45, 0.42])).toMatchObject({ detail: 'widening since epoch 1', isWarning: false })
  expect(gap([0.6, 0.4, 0.45, 0.42])).toMatchObject({ isWarning: false })
  expect(gap([0.4, 0.5, 0.55, 0.6])).toMatchObject({ isWarning: true })
})

test('an ended run shows its duration', () => {
  const ended = {
    ...run,
    status: 'finished',
    epoch: 10,
    started_at: '2026-01-01T00:00:00Z',
    finished_at: '2026-01-01T00:02:03Z',
  } as LiveRun
  expect(runStats(ended, table, null, 0)[2]).toMatchObject({ value: '10', detail: 'of 10, in 2 min 3 s', note: expect.stringContaining('Duration from start to end') })
})

test('an accuracy has its interval where the number of images is known', () => {
  const scored = { ...run, validation_images: 400, test_images: 100, test: { epoch: 2, metrics: { accuracy: 0.79, loss: 0.6 } } } as unknown as LiveRun
  const stats = runStats(scored, table, null, 0)
  expect(stats[1]).toMatchObject({ value: '80.00%', note: '95% interval 75.8 to 83.6% on 400 images' })
  expect(stats[4]?.note).toContain('95% interval 70.0 to 85.8% on 100 images. Epoch 2')
})

test('before the first epoch there are no figures', () => {
  const young = { ...run, best: null, epoch: 0, eta_seconds: null } as LiveRun
  expect(runStats(young, { epochs: [], series: {}, elapsed: [] }, null, 0).map((stat) => stat.value)).toEqual(['–', '–', '1', '–'])
})

test('the place of a note is kept from the beginning, until the run has ended', () => {
  const young = { ...run, best: null, epoch: 0, eta_seconds: null } as LiveRun
  const [best, accuracy] = runStats(young, { epochs: [], series: {}, elapsed: [] }, null, 0)
  expect([best?.note, best?.place]).toEqual([undefined, OPTIMISTIC])
  expect(accuracy?.place).toContain('95% interval')
  expect(runStats({ ...run, status: 'finished' }, table, null, 0).some((stat) => stat.place)).toBe(false)
})

const report = {
  baseline_accuracy: 0.125,
  classes: [
    { name: 'Bag', support: 10 },
    { name: 'Coat', support: 30 },
  ],
} as Report

test('an accuracy has the baseline of the most common class', () => {
  expect(baselineText(report)).toBe('Baseline (always Coat): 12.5%')
  expect(runStats(run, table, report, 0)[1]!.note).toBe('95% interval 65.2 to 89.5% on 40 images. Baseline (always Coat): 12.5%')
})

test('the loss shows its penalty', () => {
  const penalized = { ...run, best: { ...best, metrics: { ...best.metrics, penalty: 0.11 } } } as LiveRun
  expect(runStats(penalized, table, null, 0)[0]!.note).toBe(`Includes 0.1100 of L1 and L2 penalty. ${OPTIMISTIC}`)
})

test('with validation from the training split, the best is not optimistic and the test split has a figure', () => {
  const spec = { dataset: { validation: { from: 'train' } } }
  const tested = { ...run, spec, test: { epoch: 2, metrics: { loss: 0.6, accuracy: 0.79 } } } as unknown as LiveRun
  const [first, , , , last] = runStats(tested, table, null, 0)
  expect(first!.note).toBeUndefined()
  expect(last).toMatchObject({ title: 'Test accuracy', value: '79.00%', detail: 'loss 0.6000' })
})

test('where a class has few validation images, macro F1 stands beside the accuracy, with intervals', () => {
  const classes = [{ name: 'ok', support: 200, recall: 1 }, { name: 'scratch', support: 1, recall: 0 }]
  const rare = { epoch: 2, baseline_accuracy: 0.995, classes, macro: { f1: 0.4988 }, macro_f1_interval: [0.493, 0.9412] } as Report
  expect(runStats(run, table, rare, 0)[4]).toEqual({
    title: 'Macro F1 at that epoch',
    value: '49.88%',
    detail: '49.3 to 94.1%',
    note: 'scratch: only 1 image, recall 0.0 to 79.3%',
  })
  expect(runStats(run, table, { ...rare, epoch: 1 }, 0)).toHaveLength(4)
  const absent = { ...rare, classes: [classes[0]!, { ...classes[1]!, support: 0 }] } as Report
  expect(runStats(run, table, absent, 0)[4]!.note).toBe('scratch: no validation image')
})
