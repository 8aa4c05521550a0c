import { expect, test } from 'vitest'
import { lastSign, liveness, type LivenessContext } from './liveness'
import type { LiveRun, Worker } from '../../api/types'

const now = Date.parse('2026-01-01T12:00:00Z')
const earlier = (seconds: number) => new Date(now - seconds * 1000).toISOString()
const context: LivenessContext = { now, lastSign: now - 1000, place: 'cpu-0 on tower', isConnected: true, lastMessage: 0, hasWorkers: true, areSlotsBroken: false, endedBy: '' }
const run = {
  status: 'running',
  epoch: 10,
  epochs: 15,
  epoch_at: earlier(3),
  seconds_per_epoch: 9,
  eta_seconds: 42,
  received: now,
  stalled_since: null,
  heartbeat_at: earlier(4),
  created_at: earlier(100),
  queue_position: null,
  attempt: 1,
  lost_contact: false,
  silent: false,
  started_at: earlier(63),
  finished_at: null,
} as unknown as LiveRun

test('a run in training shows its last epoch, when the next is due, and the heartbeat', () => {
  expect(liveness(run, context)).toBe(
    'Epoch 10 ended 3 s ago, the next is due in 6 s. Heartbeat 1 s ago from cpu-0 on tower.',
  )
  expect(liveness({ ...run, epoch_at: earlier(20), eta_seconds: 36 }, context)).toContain('the next is due now')
  expect(liveness({ ...run, epoch: 0 }, context)).toContain('Training the first epoch.')
})

test('a stopping run has no next epoch', () => {
  const stopping = { ...run, status: 'stopping' } as LiveRun
  expect(liveness(stopping, context)).toContain('The run is finishing')
  expect(liveness(stopping, context)).not.toContain('due')
  expect(liveness({ ...stopping, epoch: 0 }, context)).toContain('Training the first epoch, then finishing.')
})

test('a resumed run shows after which epoch it continues', () => {
  expect(liveness({ ...run, epoch_at: null, eta_seconds: null }, context)).toContain('Continuing after epoch 10.')
})

test('lost contact is described', () => {
  expect(liveness({ ...run, lost_contact: true }, { ...context, lastSign: now - 4000 })).toBe(
    'Lost contact with cpu-0 on tower: the last heartbeat was 4 s ago. The next idle worker continues after epoch 10.',
  )
})

test('a run of which nothing is heard says for how long, and where it goes on', () => {
  const silent = { ...run, silent: true, heartbeat_at: earlier(21) }
  expect(liveness(silent, context)).toBe('Nothing has been heard from cpu-0 on tower for 21 s. When its lease ends, the run continues after epoch 10 on the next idle worker.')
  expect(liveness({ ...silent, status: 'preparing', epoch: 0 }, context)).toContain('the run starts again on the next idle worker')
})

test('a page without a connection says how old it is, and of a run that has ended what it always says', () => {
  const lost = { ...context, isConnected: false, lastMessage: now - 12_000 }
  const text = "The server can't be reached, so what is shown is what was known 12 s ago."
  expect(liveness({ ...run, received: now - 60_000 }, lost)).toBe(text)
  expect(liveness({ ...run, received: now - 12_000 }, { ...lost, lastMessage: 0 })).toBe(text)
  const waiting = { ...run, status: 'queued', heartbeat_at: null, received: now - 60_000 } as LiveRun
  expect(liveness(waiting, { ...lost, lastSign: 0 })).toBe(text)
  const over = { ...run, status: 'finished' } as LiveRun
  expect(liveness(over, lost)).toBe(liveness(over, context))
})

test('the last sign of a run is an event, its own heartbeat or that of its worker', () => {
  const workers = [{ name: 'train-0@tower', heartbeat_at: earlier(2) }] as Worker[]
  const signs = [lastSign(run, now - 9000, null), lastSign(run, now - 3000, null), lastSign({ ...run, worker: 'train-0@tower' }, 0, workers)]
  expect(signs).toEqual([now - 4000, now - 3000, now - 2000])
})

test('a queued run shows its position, or that no worker is connected', () => {
  const waiting = { ...run, status: 'queued', queue_position: 2, epoch: 0 } as LiveRun
  expect(liveness(waiting, context)).toBe('1 run is ahead of it in the queue, launched 1 min ago.')
  expect(liveness({ ...waiting, epoch: 4 }, context)).toContain('It continues after epoch 4.')
  expect(liveness(waiting, { ...context, hasWorkers: false })).toBe('No worker is connected. The run starts when one connects.')
  expect(liveness({ ...waiting, epoch: 4 }, { ...context, hasWorkers: false })).toContain('The run continues after epoch 4 when one connects.')
})

test('a queued run says that no worker can train', () => {
  const waiting = { ...run, status: 'queued', queue_position: 1 } as LiveRun
  expect(liveness(waiting, { ...context, areSlotsBroken: true })).toBe('No worker can start a trainer now. The Workers page says why; the run waits.')
})

test('a stalled run says for how long, and what happens', () => {
  expect(liveness({ ...run, stalled_since: earlier(12), eta_seconds: null }, context)).toBe(
    'The trainer on cpu-0 on tower has made no progress for 12 s. If that goes on, it is restarted after epoch 10.',
  )
})

test('an ended run shows when, how long and where', () => {
  const ended = { ...run, status: 'finished', finished_at: earlier(0) } as LiveRun
  expect(liveness(ended, context)).toBe('Finished 0 s ago, after 1 min 3 s on cpu-0 on tower.')
  expect(liveness(ended, { ...context, endedBy: 'early stopping after epoch 10' })).toBe(
    'Finished 0 s ago, after 1 min 3 s on cpu-0 on tower: early stopping after epoch 10.',
  )
})
