import { expect, test } from 'vitest'
import { halfWidth, intervalMarks, resultRows } from './results'
import type { ComparedRun } from '../../api/types'

function run(epoch: number, loss: number, changes: object = {}): ComparedRun {
  const metrics = { val_loss: loss, val_accuracy: 0.9 + epoch / 1000, accuracy: 0.95 }
  return {
    id: `run-${epoch}`,
    epoch: 15,
    parameters: 360_458,
    best: { epoch, monitor: 'val_loss', value: loss, metrics },
    metrics,
    test: null,
    result: { epoch, images: 10_000, accuracy: metrics.val_accuracy, interval: [0.9, 0.91], test_interval: null, seconds: 100 + epoch, bytes: 4_400_000, prediction_ms: null },
    ...changes,
  } as unknown as ComparedRun
}
const tested = (accuracy: number): ComparedRun => run(6, 0.2, { metrics: { accuracy: 0.84, train_eval_accuracy: accuracy, val_accuracy: 0.856 } })
const row = (runs: ComparedRun[], title: string) => resultRows(runs).find((candidate) => candidate.title === title)

test('the best value stands beside its epoch and the last value; the better one is marked', () => {
  const runs = [run(6, 0.2687), run(13, 0.2469)]
  expect(row(runs, 'Lowest validation loss')).toMatchObject({ texts: ['0.2687', '0.2469'], best: [1], difference: '−0.0218' })
  expect(row(runs, 'Its epoch')).toMatchObject({ texts: ['6', '13'], best: [], difference: '' })
  expect(row(runs, 'Validation accuracy, last epoch')).toMatchObject({ texts: ['90.60%', '91.30%'], best: [1], difference: '+0.70 pt' })
  expect(row(runs, 'Gap to training, last epoch')).toMatchObject({ texts: ['4.4 pt', '3.7 pt'], best: [1] })
  expect(row(runs, 'Training time')).toMatchObject({ note: 'epochs alone, without start and saving', texts: ['1 min 46 s', '1 min 53 s'], best: [0], difference: '+7 s' })
  expect(row(runs, 'best.keras')).toMatchObject({ texts: ['4.4 MB', '4.4 MB'], best: [], difference: 'same' })
  const timed = [0.4811, 0.4789].map((ms, at) => ({ ...runs[at]!, result: { ...runs[at]!.result, prediction_ms: ms } }))
  expect(row(timed, 'One prediction')).toMatchObject({ texts: ['0.48 ms', '0.48 ms'], difference: 'same' })
})

test('a figure that no run has is left out; of some runs it is a dash', () => {
  expect(row([run(6, 0.2)], 'Test accuracy')).toBeUndefined()
  expect(row([run(6, 0.2, { best: null }), run(7, 0.3), run(8, 0.3)], 'Lowest validation loss')).toMatchObject({ texts: ['–', '0.3000', '0.3000'], best: [], difference: '' })
})

test('of values that are written the same none is better', () => {
  const seconds = (value: number) => run(6, 0.2, { result: { ...run(6, 0.2).result, seconds: value } })
  expect(row([seconds(106.07), seconds(106)], 'Training time')).toMatchObject({ texts: ['1 min 46 s', '1 min 46 s'], best: [] })
  expect(row([seconds(106.07), seconds(106), seconds(113)], 'Training time')).toMatchObject({ best: [0, 1] })
})

test('the gap is that of training in test mode', () => {
  const queued = run(1, 0.2, { metrics: null })
  expect(row([tested(0.908), tested(0.876), queued], 'Gap to training, last epoch')).toMatchObject({ texts: ['5.2 pt', '2.0 pt', '–'], best: [1], note: 'training accuracy without dropout and augmentation' })
})

test('where a run has no gap in test mode, the means over the epoch are compared', () => {
  expect(row([tested(0.908), run(13, 0.2469)], 'Gap to training, last epoch')).toMatchObject({ texts: ['−1.6 pt', '3.7 pt'], best: [0], note: 'training accuracy as the mean over the epoch' })
})

test('runs that monitor different metrics have a row for each', () => {
  const other = run(3, 0.2, { best: { epoch: 3, monitor: 'val_accuracy', value: 0.93, metrics: {} } })
  expect(row([run(6, 0.27), other], 'Highest validation accuracy')?.texts).toEqual(['–', '93.00%'])
})

test('accuracies have intervals', () => {
  const [mark] = intervalMarks([run(6, 0.2)])
  expect(mark).toEqual({ position: 0, value: 0.906, low: 0.9, high: 0.91 })
  expect(halfWidth(mark!)).toBe('± 0.50')
})
