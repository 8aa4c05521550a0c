import { beforeEach, expect, test, vi } from 'vitest'
import * as api from '../api/client'
import type { LiveRun } from '../api/types'
import { board } from './board.svelte'
import type { Receive } from './event-stream'
import * as stream from './subscribe'

vi.mock('../api/client', () => ({ findRuns: vi.fn(), readRun: vi.fn(), readWorkers: vi.fn() }))
vi.mock('./subscribe', () => ({ subscribe: vi.fn() }))
vi.mock('./idle', () => ({ afterPaint: (then: () => void) => then(), whenIdle: (then: () => void) => then() }))
vi.mock('./throttle', () => ({ throttle: (handle: unknown) => handle }))

const run = (changes: Partial<LiveRun> = {}): LiveRun => ({ id: 'r1', status: 'running', epoch: 2, epochs: 9, spark: [], last_seq: 5, silent: false, received: Date.now(), ...changes }) as LiveRun
const answer = (changes: Partial<LiveRun> = {}): void => void vi.mocked(api.findRuns).mockResolvedValue({ items: [run(changes)] } as never)

beforeEach(() => {
  vi.useFakeTimers()
  vi.mocked(api.readWorkers).mockResolvedValue({ items: [] })
})

test('a run that nothing is heard of is read again with the next state of the workers, and is heard again by its progress', async () => {
  answer()
  board.start()
  await vi.advanceTimersByTimeAsync(0)
  const receive: Receive = vi.mocked(stream.subscribe).mock.calls[0]![0]
  const send = async (kind: 'workers' | 'progress', data: object): Promise<void> => {
    receive({ kind: 'event', event: { kind, data: { run: '', ...data } } })
    await vi.advanceTimersByTimeAsync(0)
  }
  await vi.advanceTimersByTimeAsync(9_000)
  await send('progress', { run: 'r1' })
  await send('workers', { items: [] })
  expect(api.findRuns).toHaveBeenCalledTimes(1)
  await vi.advanceTimersByTimeAsync(9_000)
  answer({ silent: true })
  await send('workers', { items: [] })
  expect(board.active?.[0]?.silent).toBe(true)
  await send('progress', { run: 'r1' })
  expect(board.active?.[0]?.silent).toBe(false)
})
