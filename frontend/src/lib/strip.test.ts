import { expect, test } from 'vitest'
import type { LiveRun } from './runs'
import { stripState } from './strip'
import type { Slot, Worker } from './types'

const slot = (name: string): Slot => ({ name, kind: 'cpu', device: 'a processor' })
const worker = (name: string, state: Worker['state'], slots: string[]): Worker => ({
  name,
  host: name,
  state,
  heartbeat_at: '',
  slots: slots.map(slot),
})
const run = (status: string, on: string | null, at: string | null) => ({ status, worker: on, slot: at }) as LiveRun

test('what trains, what is free, how many wait', () => {
  const state = stripState(
    [run('running', 'a', 'gpu-0'), run('queued', null, null)],
    [worker('a', 'alive', ['gpu-0', 'gpu-1'])],
  )
  expect(state.busy.map((busy) => busy.slot)).toEqual(['gpu-0'])
  expect(state).toMatchObject({ free: ['gpu-1'], waiting: 1, isDeserted: false })
})

test('the same slot name on two machines is two slots', () => {
  const state = stripState(
    [run('running', 'a', 'cpu-0')],
    [worker('a', 'alive', ['cpu-0']), worker('b', 'alive', ['cpu-0'])],
  )
  expect(state.free).toEqual(['cpu-0'])
})

test('a lost worker has no free slots', () => {
  expect(stripState([], [worker('a', 'lost', ['cpu-0'])])).toEqual({ busy: [], free: [], waiting: 0, isDeserted: true })
})
