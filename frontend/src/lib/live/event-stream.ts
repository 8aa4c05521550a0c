/** Opens the server's event stream with an EventSource and reconnects forever. Runs in the shared worker or in the page. */

import type { RunEvent } from './run-state'

export type StreamMessage = { kind: 'open' } | { kind: 'lost' } | { kind: 'event'; event: RunEvent }
export type Receive = (message: StreamMessage) => void

export const EVENTS_URL = '/api/events'
/** The event that makes a tab read everything. */
export const RESET: StreamMessage = { kind: 'event', event: { kind: 'reset', data: { run: '' } } }

const KINDS: RunEvent['kind'][] = ['status', 'epoch', 'log', 'progress', 'reset', 'end', 'deleted', 'workers', 'datasets']
const RECONNECT_MS = 2000
const CLOCK_CHECK_MS = 5000
/** Browsers delay the timers of a hidden tab by up to a minute; a longer pause means that the machine was asleep. */
const SLEEP_MS = 90_000

/** Passes each event to `receive`. Returns the function that closes the stream. */
export function openStream(url: string, receive: Receive): () => void {
  let source: EventSource
  let timer: ReturnType<typeof setTimeout> | undefined
  const connect = (): void => {
    source = new EventSource(url)
    source.onopen = () => receive({ kind: 'open' })
    // A browser reconnects by itself unless the server answered with an error.
    source.onerror = () => {
      receive({ kind: 'lost' })
      if (source.readyState === EventSource.CLOSED) timer = setTimeout(connect, RECONNECT_MS)
    }
    for (const kind of KINDS) {
      source.addEventListener(kind, (event) => receive({ kind: 'event', event: { kind, data: JSON.parse(event.data) } }))
    }
  }
  const close = (): void => {
    clearTimeout(timer)
    source.close()
  }
  connect()
  const stopWatching = watchForSleep(() => {
    close()
    connect()
  })
  return () => {
    stopWatching()
    close()
  }
}

/** Calls `wake` after the machine slept: its connections may be dead without an error. Returns the function that ends it. */
function watchForSleep(wake: () => void): () => void {
  let last = Date.now()
  const timer = setInterval(() => {
    const pause = Date.now() - last
    last = Date.now()
    if (pause > SLEEP_MS) wake()
  }, CLOCK_CHECK_MS)
  return () => clearInterval(timer)
}
