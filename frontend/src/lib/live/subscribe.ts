/** Connects this tab to the event stream, which all tabs of the browser share through a SharedWorker. */

import { openStream, type StreamMessage } from './event-stream'

const EVENTS_URL = '/api/events'

export function subscribe(receive: (message: StreamMessage) => void): void {
  if (!('SharedWorker' in globalThis)) {
    openStream(EVENTS_URL, receive)
    return
  }
  const worker = new SharedWorker(new URL('./event-stream.worker.ts', import.meta.url), {
    type: 'module',
    name: 'epochboard-events',
  })
  worker.onerror = () => openStream(EVENTS_URL, receive)
  worker.port.onmessage = (message: MessageEvent<StreamMessage>) => receive(message.data)
  addEventListener('pageshow', (event) => event.persisted && worker.port.postMessage('hello'))
  addEventListener('pagehide', () => worker.port.postMessage('bye'))
}
