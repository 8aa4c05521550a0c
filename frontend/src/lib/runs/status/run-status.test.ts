import { describe, expect, test } from 'vitest'
import { advance, EventNumbers, type RunEvent } from '../../live/run-state'
import { currentEpoch, secondsLeft, statusText, timing, tone } from './run-status'
import type { LiveRun } from '../../api/types'

const run: LiveRun = {
  id: 'r1',
  dataset: 'digits',
  model: 'strided_cnn',
  name: 'digits',
  status: 'running',
  ended_by: null,
  stop: null,
  spec: {},
  phases: [],
  precision: null,
  precision_reason: null,
  recipe: null,
  bet: null,
  validation_images: null,
  test_images: null,
  tags: [],
  notes: '',
  parameters: 1,
  created_at: '',
  started_at: null,
  finished_at: null,
  worker: null,
  slot: null,
  attempt: 1,
  epoch: 3,
  epoch_at: null,
  epochs: 10,
  best: null,
  metrics: {},
  spark: [3, 2, 1],
  error: null,
  lost_contact: false,
  silent: false,
  heartbeat_at: null,
  stalled_since: null,
  seconds_per_epoch: 2,
  eta_seconds: 14,
  queue_position: null,
  last_seq: 0,
  received: 1_000,
  test: null,
  cloned_from: null,
  owner: null,
  priority: 'normal',
  study: null,
  trial: null,
  study_values: null,
  pruned_epoch: null,
}

test('a status has its text', () => {
  expect(statusText(run)).toBe('Training')
  expect(statusText({ ...run, status: 'queued', queue_position: 2 })).toBe('Queued, 2nd')
  expect(statusText({ ...run, status: 'stopped', ended_by: 'pruned' })).toBe('Pruned')
  expect(statusText({ ...run, status: 'queued', queue_position: null })).toBe('Queued')
  expect(statusText({ ...run, lost_contact: true, silent: true })).toBe('Lost contact')
  expect(statusText({ ...run, silent: true })).toBe('Silent')
})

test('a run that trains is green, unless nothing is heard of it, or of the server', () => {
  expect(tone(run, true)).toBe('live')
  expect(tone({ ...run, lost_contact: true }, true)).toBe('bad')
  expect(tone({ ...run, silent: true }, true)).toBe('bad')
  expect(tone({ ...run, stalled_since: '2026-01-01T12:00:00Z' }, true)).toBe('bad')
  expect(tone({ ...run, silent: true }, false)).toBe('wait')
  expect(tone({ ...run, status: 'finished' }, false)).toBe('ok')
})

test('the current epoch is the one in training', () => {
  expect(currentEpoch(run)).toBe(4)
  expect(currentEpoch({ ...run, epoch: 10 })).toBe(10)
  expect(currentEpoch({ ...run, status: 'failed' })).toBe(3)
})

test('the time left decreases since the run was read, until the next epoch is due', () => {
  expect(secondsLeft(run, 2_500)).toBe(12.5)
  expect(secondsLeft(run, 99_000)).toBe(12)
  expect(secondsLeft({ ...run, epoch: 9, eta_seconds: 2 }, 99_000)).toBe(0)
  expect(secondsLeft({ ...run, status: 'finished' }, 5_000)).toBeNull()
  expect(secondsLeft({ ...run, lost_contact: true }, 5_000)).toBeNull()
  expect(secondsLeft(run, null)).toBeNull()
})

test('the time left is that of the next epoch and of those after it', () => {
  expect(timing(run, 2_000)).toEqual({ next: 1, left: 13 })
  expect(timing(run, 9_000)).toEqual({ next: 0, left: 12 })
  expect(timing({ ...run, eta_seconds: null }, 2_000)).toBeNull()
})

test('an epoch event updates the run', () => {
  const best = { epoch: 4, monitor: 'val_loss', value: 0.5, metrics: {} }
  const data = { run: 'r1', seq: 9, epoch: 4, metrics: { val_loss: 0.5, seconds: 9 }, best, seconds_per_epoch: 3, eta_seconds: 18 }
  const next = advance(run, { kind: 'epoch', data }, 2_000)
  expect(next).toMatchObject({ epoch: 4, best, spark: [3, 2, 1, 0.5], seconds_per_epoch: 3, eta_seconds: 18, received: 2_000 })
})

test('the test score is removed when the best epoch changes', () => {
  const best = (epoch: number) => ({ epoch, monitor: 'val_loss', value: 0.5, metrics: {} })
  const scored = { ...run, test: { epoch: 2, metrics: {} } } as LiveRun
  const after = (epoch: number) => ({ run: 'r1', seq: 9, epoch: 4, metrics: {}, best: best(epoch) })
  expect(advance(scored, { kind: 'epoch', data: after(2) }, 2_000).test).toEqual({ epoch: 2, metrics: {} })
  expect(advance(scored, { kind: 'epoch', data: after(4) }, 2_000).test).toBeNull()
})

test('a repeated epoch adds no point to the spark line', () => {
  const data = { run: 'r1', epoch: 3, metrics: { val_loss: 1 }, best: null }
  expect(advance(run, { kind: 'epoch', data }, 2_000).spark).toEqual([3, 2, 1])
})

test('a status event replaces the run', () => {
  const next = advance(run, { kind: 'status', data: { run: 'r1', seq: 10, status: 'finished', epoch: 10 } }, 2_000)
  expect(next).toMatchObject({ id: 'r1', status: 'finished', epoch: 10 })
})

describe('the numbers of events', () => {
  const epoch = (seq: number, run = 'r1'): RunEvent => ({ kind: 'epoch', data: { run, seq } })
  const progress: RunEvent = { kind: 'progress', data: { run: 'r1', seq: null } }
  const missed = (events: RunEvent[]): boolean[] => {
    const numbers = new EventNumbers()
    return events.map((event) => numbers.hasGapBefore(event))
  }

  test('a skipped number is a gap', () => {
    expect(missed([epoch(4), epoch(5), epoch(7), epoch(8)])).toEqual([false, false, true, false])
  })

  test('a first or repeated number, or another run, is no gap', () => {
    expect(missed([epoch(9), epoch(9), epoch(2, 'r2')])).toEqual([false, false, false])
  })

  test('progress has no number and is no gap', () => {
    expect(missed([epoch(4), progress, epoch(5)])).toEqual([false, false, false])
  })
})
