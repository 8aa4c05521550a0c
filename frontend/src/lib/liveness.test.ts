import { expect, test } from 'vitest'
import { liveness, type Signs } from './liveness'
import type { LiveRun } from './runs'

const now = Date.parse('2026-01-01T12:00:00Z')
const earlier = (seconds: number) => new Date(now - seconds * 1000).toISOString()
const signs: Signs = { now, heard: now - 1000, where: 'cpu-0 on tower', pace: 9, hasWorkers: true, ending: '' }
const run = {
  status: 'running',
  epoch: 10,
  epochs: 15,
  epoch_at: earlier(3),
  heartbeat_at: earlier(4),
  created_at: earlier(100),
  queue_position: null,
  attempt: 1,
  lost_contact: false,
  started_at: earlier(63),
  finished_at: null,
} as unknown as LiveRun

test('a run in training says when its epoch ended, when the next is due, and its heartbeat', () => {
  expect(liveness(run, signs)).toBe(
    'Epoch 10 ended 3 s ago, the next is due in 6 s. Heartbeat 1 s ago from cpu-0 on tower.',
  )
  expect(liveness({ ...run, epoch_at: earlier(20) }, signs)).toContain('the next is due now')
  expect(liveness({ ...run, epoch: 0 }, signs)).toContain('The first epoch is being trained.')
})

test('a run that is asked to stop promises no next epoch', () => {
  const stopping = { ...run, status: 'stopping' } as LiveRun
  expect(liveness(stopping, signs)).toContain('It ends with the epoch in which it was asked to')
  expect(liveness(stopping, signs)).not.toContain('due')
  expect(liveness({ ...stopping, epoch: 0 }, signs)).toContain('The first epoch is being trained, and is the last one.')
})

test('a run that goes on says after which epoch, not how long it had rested', () => {
  expect(liveness({ ...run, epoch_at: null }, signs)).toContain('It goes on after epoch 10.')
})

test('lost contact is said', () => {
  expect(liveness({ ...run, lost_contact: true }, { ...signs, heard: 0 })).toBe(
    'Lost contact with cpu-0 on tower: the last sign came 4 s ago. The next free worker goes on after epoch 10.',
  )
})

test('a waiting run says its place, or that nobody works', () => {
  const waiting = { ...run, status: 'queued', queue_position: 2, epoch: 0 } as LiveRun
  expect(liveness(waiting, signs)).toBe('2nd in line, asked for 1 min ago.')
  expect(liveness({ ...waiting, epoch: 4 }, signs)).toContain('It goes on after epoch 4.')
  expect(liveness(waiting, { ...signs, hasWorkers: false })).toContain('No worker answers')
})

test('an ended run says when, how long and where', () => {
  const ended = { ...run, status: 'finished', finished_at: earlier(0) } as LiveRun
  expect(liveness(ended, signs)).toBe('Finished 0 s ago, after 1 min 3 s on cpu-0 on tower.')
  expect(liveness(ended, { ...signs, ending: 'stopped early in epoch 10' })).toBe(
    'Finished 0 s ago, after 1 min 3 s on cpu-0 on tower: stopped early in epoch 10.',
  )
})
