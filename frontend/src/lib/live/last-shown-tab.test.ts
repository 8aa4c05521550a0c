import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { StreamMessage } from './event-stream'
import { joinLastShown } from './last-shown-tab'

let open: number
class FakeSource {
  constructor() {
    open += 1
  }
  addEventListener(): void {}
  close(): void {
    open -= 1
  }
}

let page: EventTarget & { hidden: boolean }
let tabs: { resets: number; leave: () => void }[]

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  vi.stubGlobal('EventSource', FakeSource)
  page = Object.assign(new EventTarget(), { hidden: false })
  vi.stubGlobal('document', page)
  open = 0
  tabs = []
})
afterEach(() => {
  tabs.forEach((tab) => tab.leave())
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

async function openTab(): Promise<void> {
  const tab = { resets: 0, leave: (): void => undefined }
  tab.leave = joinLastShown((message: StreamMessage) => (tab.resets += Number(message.kind === 'event')))
  tabs.push(tab)
  await messagesAreDelivered()
}

const messagesAreDelivered = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 10))

test('of eight visible tabs the last has the stream, and the others read everything every five seconds', async () => {
  for (let tab = 0; tab < 8; tab++) await openTab()
  expect(open).toBe(1)

  vi.advanceTimersByTime(5_000)

  expect(tabs.map(({ resets }) => resets)).toEqual([1, 1, 1, 1, 1, 1, 1, 0])
})

test('a tab that is opened in the background has no stream and reads nothing until it is shown', async () => {
  page.hidden = true
  await openTab()
  vi.advanceTimersByTime(60_000)
  expect([open, tabs[0]!.resets]).toEqual([0, 0])

  page.hidden = false
  page.dispatchEvent(new Event('visibilitychange'))

  expect(open).toBe(1)
})

test('a tab that leaves closes its stream', async () => {
  await openTab()
  tabs[0]!.leave()
  expect(open).toBe(0)
})
