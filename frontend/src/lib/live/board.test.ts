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

test('a run that nothing is heard of for a while is read again, and is heard again by its progress', async () => {
  answer()
  board.start()
  await vi.advanceTimersByTimeAsync(0)
  const receive: Receive = vi.mocked(stream.subscribe).mock.calls[0]![0]
  const progress = (): void => receive({ kind: 'event', event: { kind: 'progress', data: { run: 'r1' } } })
  const wait = async (seconds: number): Promise<void> => {
    for (let second = 0; second < seconds; second += 1) {
      await vi.advanceTimersByTimeAsync(1_000)
      board.poll(Date.now())
    }
  }
  await wait(5)
  progress()
  await wait(5)
  expect(api.findRuns).toHaveBeenCalledTimes(1)
  answer({ silent: true })
  await wait(5)
  expect(board.active?.[0]?.silent).toBe(true)
  expect(api.findRuns).toHaveBeenCalledTimes(2)
  progress()
  expect(board.active?.[0]?.silent).toBe(false)
})
