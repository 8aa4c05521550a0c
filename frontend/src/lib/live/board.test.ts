import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import * as api from '../api/client'
import type { LiveRun } from '../api/types'
import type { Receive, StreamMessage } from './event-stream'
import type { RunEvent } from './run-state'
import * as stream from './subscribe'

vi.mock('../api/client', () => ({ findRuns: vi.fn(), readRun: vi.fn(), readWorkers: vi.fn() }))
vi.mock('./subscribe', () => ({ subscribe: vi.fn() }))
vi.mock('./idle', () => ({ afterPaint: (then: () => void) => then(), whenIdle: (then: () => void) => then() }))
vi.mock('./throttle', () => ({ throttle: (handle: unknown) => handle }))

const run = (changes: Partial<LiveRun> = {}): LiveRun => ({ id: 'r1', status: 'running', epoch: 2, epochs: 9, spark: [], last_seq: 5, silent: false, received: Date.now(), ...changes }) as LiveRun
const answer = (changes: Partial<LiveRun> = {}): void => void vi.mocked(api.findRuns).mockResolvedValue({ items: [run(changes)] } as never)

beforeEach(() => {
  vi.resetModules()
  vi.clearAllMocks()
  vi.useFakeTimers()
  vi.mocked(api.readWorkers).mockResolvedValue({ items: [] })
})

afterEach(() => vi.useRealTimers())

/** Returns a started board, how many seconds pass in a test, and how an event of the run comes. */
async function open() {
  const { board } = await import('./board.svelte')
  board.start()
  const pass = async (seconds: number): Promise<void> => {
    await vi.advanceTimersByTimeAsync(0)
    for (let second = 0; second < seconds; second += 1) {
      await vi.advanceTimersByTimeAsync(1_000)
      board.poll(Date.now())
    }
    await vi.advanceTimersByTimeAsync(0)
  }
  await pass(0)
  const receive: Receive = vi.mocked(stream.subscribe).mock.calls[0]![0]
  const send = async (message: StreamMessage | RunEvent['kind']): Promise<void> => {
    receive(typeof message === 'string' ? { kind: 'event', event: { kind: message, data: { run: 'r1' } } } : message)
    await pass(0)
  }
  return { board, pass, send }
}

test.each(['preparing', 'running', 'stopping'] as const)('a %s run that nothing is heard of for a while is read again, and is heard again by its progress', async (status) => {
  answer({ status })
  const { board, pass, send } = await open()
  await pass(5)
  await send('progress')
  await pass(6)
  expect(api.findRuns).toHaveBeenCalledTimes(1)
  answer({ status, silent: true })
  await pass(3)
  expect(board.active?.[0]?.silent).toBe(true)
  await send('progress')
  expect(board.active?.[0]?.silent).toBe(false)
})

test('the runs are not read again while all are queued, nor without a connection', async () => {
  answer({ status: 'queued' })
  const { pass, send } = await open()
  await pass(60)
  expect(api.findRuns).toHaveBeenCalledTimes(1)
  answer()
  await send({ kind: 'event', event: { kind: 'reset', data: { run: '' } } })
  await send({ kind: 'lost' })
  await pass(60)
  expect(api.findRuns).toHaveBeenCalledTimes(2)
})

test('one event says that a run is silent, and one that its worker is heard again', async () => {
  answer()
  const { board, pass } = await open()
  const events: unknown[] = []
  board.listen(({ kind, data }) => events.push([kind, data.run, data.silent]))
  answer({ silent: true })
  await pass(30)
  answer()
  await pass(30)
  expect(events).toEqual([['status', 'r1', true], ['status', 'r1', false]])
})

test('without a connection the time of the last message is known, and no time of now', async () => {
  answer()
  const { board, pass, send } = await open()
  await send({ kind: 'open' })
  const last = Date.now()
  await pass(9)
  expect(board.now).toBe(Date.now())
  await send({ kind: 'lost' })
  await send({ kind: 'lost' })
  expect(board.lastMessage).toBe(last)
  expect(board.now).toBeNull()
})
