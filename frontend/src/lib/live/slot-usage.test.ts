import { expect, test } from 'vitest'
import type { LiveRun } from '../api/types'
import { slotUsage } from './slot-usage'
import type { Slot, Worker } from '../api/types'

const UNKNOWN = { run: null, busy_with: null, memory_used: null, memory_total: null, load: null, multiplications_per_second: null, error: null, paused_seconds: null, training_costs: null }
const slot = (name: string): Slot => ({ ...UNKNOWN, name, kind: 'cpu', device: 'a processor', cached_datasets: [] })
const worker = (name: string, state: Worker['state'], slots: string[]): Worker => ({
  name,
  host: name,
  state,
  heartbeat_at: '',
  slots: slots.map(slot),
})
const run = (status: string, on: string | null, at: string | null) => ({ status, worker: on, slot: at }) as LiveRun

test('busy slots, idle slots and queued runs', () => {
  const usage = slotUsage(
    [run('running', 'a', 'gpu-0'), run('queued', null, null)],
    [worker('a', 'alive', ['gpu-0', 'gpu-1'])],
  )
  expect(usage.busy.map((busy) => busy.slot)).toEqual(['gpu-0'])
  expect(usage).toMatchObject({ idle: ['gpu-1'], queued: 1, hasWorkers: true })
})

test('the same slot name on two machines is two slots', () => {
  const usage = slotUsage(
    [run('running', 'a', 'cpu-0')],
    [worker('a', 'alive', ['cpu-0']), worker('b', 'alive', ['cpu-0'])],
  )
  expect(usage.idle).toEqual(['cpu-0'])
})

test('a lost worker has no idle slots', () => {
  expect(slotUsage([], [worker('a', 'lost', ['cpu-0'])])).toEqual({ busy: [], idle: [], queued: 0, hasWorkers: false })
})

test('a slot that can not start a trainer is not idle', () => {
  const broken = { ...worker('a', 'alive', []), slots: [{ ...slot('cpu-0'), error: 'No trainer can be started: no Keras.', paused_seconds: 4 }] }
  expect(slotUsage([], [broken])).toMatchObject({ idle: [], hasWorkers: true })
})
