/** The board's event stream: one EventSource that never gives up. Runs in the shared worker, or in the page. */

import type { RunEvent } from './runs'

export type StreamMessage = { kind: 'open' } | { kind: 'lost' } | { kind: 'event'; event: RunEvent }

const KINDS: RunEvent['kind'][] = ['status', 'epoch', 'log', 'progress', 'reset', 'end']
const AGAIN_MS = 2000

/** Tells `tell` each event. A browser reconnects by itself unless the server answered with an error: then we do. */
export function openStream(url: string, tell: (message: StreamMessage) => void): () => void {
  let source: EventSource
  let timer: ReturnType<typeof setTimeout> | undefined
  const connect = (): void => {
    source = new EventSource(url)
    source.onopen = () => tell({ kind: 'open' })
    source.onerror = () => {
      tell({ kind: 'lost' })
      if (source.readyState === EventSource.CLOSED) timer = setTimeout(connect, AGAIN_MS)
    }
    for (const kind of KINDS) {
      source.addEventListener(kind, (event) => tell({ kind: 'event', event: { kind, data: JSON.parse(event.data) } }))
    }
  }
  connect()
  return () => {
    clearTimeout(timer)
    source.close()
  }
}
