import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { openStream, type StreamMessage } from './stream'

class FakeSource {
  static readonly CLOSED = 2
  static made: FakeSource[] = []
  readyState = 0
  onopen = (): void => undefined
  onerror = (): void => undefined
  heard = new Map<string, (event: { data: string }) => void>()
  constructor(readonly url: string) {
    FakeSource.made.push(this)
  }
  addEventListener(kind: string, hear: (event: { data: string }) => void): void {
    this.heard.set(kind, hear)
  }
  close(): void {
    this.readyState = FakeSource.CLOSED
  }
}

let told: StreamMessage[]
beforeEach(() => {
  vi.useFakeTimers()
  vi.stubGlobal('EventSource', FakeSource)
  FakeSource.made = []
  told = []
})
afterEach(() => vi.useRealTimers())

const open = () => openStream('/api/events', (message) => told.push(message))

test('events are told with their kind and data', () => {
  open()
  const [source] = FakeSource.made
  source!.onopen()
  source!.heard.get('epoch')!({ data: '{"run": "r1", "seq": 4, "epoch": 2}' })
  expect(told).toEqual([
    { kind: 'open' },
    { kind: 'event', event: { kind: 'epoch', data: { run: 'r1', seq: 4, epoch: 2 } } },
  ])
})

test('a cut stream is told, and left to the browser to mend', () => {
  open()
  FakeSource.made[0]!.onerror()
  vi.advanceTimersByTime(10_000)
  expect(told).toEqual([{ kind: 'lost' }])
  expect(FakeSource.made).toHaveLength(1)
})

test('a stream that the browser gave up is opened anew', () => {
  open()
  FakeSource.made[0]!.readyState = FakeSource.CLOSED
  FakeSource.made[0]!.onerror()
  vi.advanceTimersByTime(2_000)
  expect(FakeSource.made.map((source) => source.url)).toEqual(['/api/events', '/api/events'])
})

test('a closed stream stays closed', () => {
  const close = open()
  FakeSource.made[0]!.readyState = FakeSource.CLOSED
  FakeSource.made[0]!.onerror()
  close()
  vi.advanceTimersByTime(10_000)
  expect(FakeSource.made).toHaveLength(1)
})
