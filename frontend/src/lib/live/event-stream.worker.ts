/** Shared worker with one event stream for all tabs: a browser allows six connections per origin, and a seventh tab would wait forever. */

import { openStream, type StreamMessage } from './event-stream'

const ports = new Set<MessagePort>()
let isOpen = false

function broadcast(message: StreamMessage): void {
  if (message.kind !== 'event') isOpen = message.kind === 'open'
  for (const port of ports) port.postMessage(message)
}

/** A tab that connects later missed the stream's first event, so it gets a `reset` and reads everything. */
function connect(port: MessagePort): void {
  ports.add(port)
  if (!isOpen) return
  port.postMessage({ kind: 'open' } satisfies StreamMessage)
  port.postMessage({ kind: 'event', event: { kind: 'reset', data: { run: '' } } } satisfies StreamMessage)
}

addEventListener('connect', (event) => {
  const port = (event as MessageEvent).ports[0]!
  // A tab sends "bye" when it is hidden for good, and "hello" when Back restores it.
  port.onmessage = ({ data }) => (data === 'bye' ? ports.delete(port) : connect(port))
  connect(port)
})

openStream('/api/events', broadcast)
