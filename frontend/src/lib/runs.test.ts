import { expect, test } from 'vitest'
import { advance, currentEpoch, isGap, secondsLeft, statusWord, tone, type LiveRun } from './runs'

const run: LiveRun = {
  id: 'r1',
  name: 'digits',
  status: 'running',
  ended_by: null,
  stop: null,
  spec: {},
  recipe: null,
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
  heartbeat_at: null,
  eta_seconds: 14,
  queue_position: null,
  received: 1_000,
  test: null,
  cloned_from: null,
  owner: null,
  priority: 'normal',
  study: null,
}

test('a status has its word', () => {
  expect(statusWord(run)).toBe('Training')
  expect(statusWord({ ...run, status: 'queued', queue_position: 2 })).toBe('Waiting, 2nd')
  expect(statusWord({ ...run, status: 'queued', queue_position: null })).toBe('Waiting')
  expect(tone({ ...run, lost_contact: true })).toBe('bad')
})

test('the epoch that is named is the one being trained', () => {
  expect(currentEpoch(run)).toBe(4)
  expect(currentEpoch({ ...run, epoch: 10 })).toBe(10)
  expect(currentEpoch({ ...run, status: 'failed' })).toBe(3)
})

test('the time left runs down since the run was read', () => {
  expect(secondsLeft(run, 5_000)).toBe(10)
  expect(secondsLeft(run, 99_000)).toBe(0)
  expect(secondsLeft({ ...run, status: 'finished' }, 5_000)).toBeNull()
  expect(secondsLeft({ ...run, lost_contact: true }, 5_000)).toBeNull()
})

test('an epoch event moves the run', () => {
  const best = { epoch: 4, monitor: 'val_loss', value: 0.5, metrics: {} }
  const data = { run: 'r1', seq: 9, epoch: 4, metrics: { val_loss: 0.5, seconds: 2 }, best }
  const next = advance(run, { kind: 'epoch', data }, 2_000)
  expect(next).toMatchObject({ epoch: 4, best, spark: [3, 2, 1, 0.5], eta_seconds: 12, received: 2_000 })
})

test('a repeated epoch adds no point to the spark line', () => {
  const data = { run: 'r1', epoch: 3, metrics: { val_loss: 1 }, best: null }
  expect(advance(run, { kind: 'epoch', data }, 2_000).spark).toEqual([3, 2, 1])
})

test('a status event brings the whole run', () => {
  const next = advance(run, { kind: 'status', data: { run: 'r1', seq: 10, status: 'finished', epoch: 10 } }, 2_000)
  expect(next).toMatchObject({ id: 'r1', status: 'finished', epoch: 10 })
})

test('a gap is a number that does not follow', () => {
  expect(isGap(4, 5)).toBe(false)
  expect(isGap(4, 4)).toBe(false)
  expect(isGap(4, 6)).toBe(true)
  expect(isGap(undefined, 6)).toBe(false)
})
