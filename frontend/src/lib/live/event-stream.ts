/** Opens the server's event stream with an EventSource and reconnects forever. Runs in the shared worker or in the page. */

import type { RunEvent } from './run-state'

export type StreamMessage = { kind: 'open' } | { kind: 'lost' } | { kind: 'event'; event: RunEvent }

const KINDS: RunEvent['kind'][] = ['status', 'epoch', 'log', 'progress', 'reset', 'end']
const RECONNECT_MS = 2000

/** Passes each event to `receive`. A browser reconnects by itself unless the server answered with an error. */
export function openStream(url: string, receive: (message: StreamMessage) => void): () => void {
  let source: EventSource
  let timer: ReturnType<typeof setTimeout> | undefined
  const connect = (): void => {
    source = new EventSource(url)
    source.onopen = () => receive({ kind: 'open' })
    source.onerror = () => {
      receive({ kind: 'lost' })
      if (source.readyState === EventSource.CLOSED) timer = setTimeout(connect, RECONNECT_MS)
    }
    for (const kind of KINDS) {
      source.addEventListener(kind, (event) => receive({ kind: 'event', event: { kind, data: JSON.parse(event.data) } }))
    }
  }
  connect()
  return () => {
    clearTimeout(timer)
    source.close()
  }
}
