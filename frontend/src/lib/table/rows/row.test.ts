import { expect, test } from 'vitest'
import type { RunEvent } from '../../live/run-state'
import type { LiveRow } from '../../api/types'
import { advanceRow, commonMetric, scaleText, sparkMetric, sparkScale } from './row'
import { MONITOR } from '../view/default-view'

const best = (monitor: string, value = 0.5) => ({ epoch: 1, monitor, value, metrics: { [monitor]: value } })
const row = (changes: object): LiveRow => ({ id: 'a', epoch: 1, best: null, spark: [], test: null, fields: {}, ...changes }) as unknown as LiveRow
const event = (kind: RunEvent['kind'], data: object): RunEvent => ({ kind, data: { run: 'a', ...data } })

test('an epoch moves its metrics into the columns', () => {
  const before = row({ fields: { epoch: 1, 'best.val_accuracy': 0.5, 'last.loss': 1, seed: 3 } })
  const after = advanceRow(before, event('epoch', { epoch: 2, metrics: { loss: 0.8, val_accuracy: 0.6 }, best: best('val_accuracy', 0.6) }), 0)

  expect(after.fields).toEqual({ epoch: 2, 'best.val_accuracy': 0.6, 'last.loss': 0.8, seed: 3 })
})

test('a column of the best epoch stays after an epoch that is not better', () => {
  const before = row({ best: { epoch: 1, monitor: 'val_accuracy', value: 0.5 }, fields: { 'best.loss': 1 } })

  expect(advanceRow(before, event('epoch', { epoch: 2, metrics: { loss: 0.8 }, best: null }), 0).fields).toEqual({ 'best.loss': 1 })
})

test('a status event has the whole run; a field that it has not stays', () => {
  const before = row({ fields: { status: 'running', 'optimizer.learning_rate': null, seconds: 12, 'test.accuracy': null } })
  const run = { status: 'finished', spec: { optimizer: { learning_rate: 0.01 } }, test: { epoch: 1, metrics: { accuracy: 0.9 } } }

  expect(advanceRow(before, event('status', run), 0).fields).toEqual({ status: 'finished', 'optimizer.learning_rate': 0.01, seconds: 12, 'test.accuracy': 0.9 })
})

test('the head of the sparklines names the metric of most runs', () => {
  const queued = row({ fields: { [MONITOR]: 'val_accuracy' } })

  expect(sparkMetric(queued)).toBe('val_accuracy')
  expect(commonMetric([row({ best: best('val_loss') }), row({ best: best('val_accuracy') }), queued])).toBe('val_accuracy')
  expect(commonMetric([])).toBe('val_loss')
})

test('one run that diverged does not flatten the others', () => {
  const good = Array.from({ length: 19 }, () => row({ best: best('val_loss'), spark: [1.2, 0.4] }))
  const diverged = row({ best: best('val_loss'), spark: [1, 9000] })

  const scale = sparkScale([...good, diverged])

  expect(scale).toEqual({ metric: 'val_loss', low: 0.4, high: 1.2 })
  expect(scaleText(scale)).toBe('0.4 to 1.2')
  expect(scaleText({ metric: 'val_accuracy', low: 0.851, high: 0.94 })).toBe('85 to 94%')
})
