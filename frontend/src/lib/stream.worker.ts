/** One stream for all tabs: a browser has six connections to an origin, and a seventh tab would hang. */

import { openStream, type StreamMessage } from './stream'

const ports = new Set<MessagePort>()
let isOpen = false

function tell(message: StreamMessage): void {
  if (message.kind !== 'event') isOpen = message.kind === 'open'
  for (const port of ports) port.postMessage(message)
}

/** A tab that comes later missed the stream's first word: read everything. */
function join(port: MessagePort): void {
  ports.add(port)
  if (!isOpen) return
  port.postMessage({ kind: 'open' } satisfies StreamMessage)
  port.postMessage({ kind: 'event', event: { kind: 'reset', data: { run: '' } } } satisfies StreamMessage)
}

addEventListener('connect', (event) => {
  const port = (event as MessageEvent).ports[0]!
  // A tab says "bye" when it is left, and "hello" when going back brings it to life again.
  port.onmessage = ({ data }) => (data === 'bye' ? ports.delete(port) : join(port))
  join(port)
})

openStream('/api/events', tell)
