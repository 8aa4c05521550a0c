import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { openStream, type StreamMessage } from './event-stream'

class FakeSource {
  static readonly CLOSED = 2
  static instances: FakeSource[] = []
  readyState = 0
  onopen = (): void => undefined
  onerror = (): void => undefined
  listeners = new Map<string, (event: { data: string }) => void>()
  constructor(readonly url: string) {
    FakeSource.instances.push(this)
  }
  addEventListener(kind: string, hear: (event: { data: string }) => void): void {
    this.listeners.set(kind, hear)
  }
  close(): void {
    this.readyState = FakeSource.CLOSED
  }
}

let messages: StreamMessage[]
beforeEach(() => {
  vi.useFakeTimers()
  vi.stubGlobal('EventSource', FakeSource)
  FakeSource.instances = []
  messages = []
})
afterEach(() => {
  close()
  vi.useRealTimers()
})

let close = (): void => undefined
const open = () => (close = openStream('/api/events', (message) => messages.push(message)))

test('events are passed on with kind and data', () => {
  open()
  const [source] = FakeSource.instances
  source!.onopen()
  source!.listeners.get('epoch')!({ data: '{"run": "r1", "seq": 4, "epoch": 2}' })
  expect(messages).toEqual([
    { kind: 'open' },
    { kind: 'event', event: { kind: 'epoch', data: { run: 'r1', seq: 4, epoch: 2 } } },
  ])
})

test('a lost connection is reported, and the browser reconnects', () => {
  open()
  FakeSource.instances[0]!.onerror()
  vi.advanceTimersByTime(10_000)
  expect(messages).toEqual([{ kind: 'lost' }])
  expect(FakeSource.instances).toHaveLength(1)
})

test('a stream that the browser closed is opened again', () => {
  open()
  FakeSource.instances[0]!.readyState = FakeSource.CLOSED
  FakeSource.instances[0]!.onerror()
  vi.advanceTimersByTime(2_000)
  expect(FakeSource.instances.map((source) => source.url)).toEqual(['/api/events', '/api/events'])
})

test('a closed stream stays closed', () => {
  open()
  FakeSource.instances[0]!.readyState = FakeSource.CLOSED
  FakeSource.instances[0]!.onerror()
  close()
  vi.advanceTimersByTime(10_000)
  expect(FakeSource.instances).toHaveLength(1)
})

test('a stream may be dead after the machine slept, so it is opened again', () => {
  open()
  vi.advanceTimersByTime(10_000)
  expect(FakeSource.instances).toHaveLength(1)

  vi.setSystemTime(Date.now() + 3_600_000)
  vi.advanceTimersByTime(5_000)

  expect(FakeSource.instances.map((source) => source.readyState)).toEqual([FakeSource.CLOSED, 0])
})

test('timers that a browser delays in a hidden tab do not open the stream again', () => {
  open()
  vi.setSystemTime(Date.now() + 60_000)
  vi.advanceTimersByTime(5_000)
  expect(FakeSource.instances).toHaveLength(1)
})
