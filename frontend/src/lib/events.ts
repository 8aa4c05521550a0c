/** The board's events in this tab, through the one stream that all tabs of this browser share. */

import { openStream, type StreamMessage } from './stream'

const URL_OF_EVENTS = '/api/events'

export function followBoard(tell: (message: StreamMessage) => void): void {
  if (!('SharedWorker' in globalThis)) {
    openStream(URL_OF_EVENTS, tell)
    return
  }
  const worker = new SharedWorker(new URL('./stream.worker.ts', import.meta.url), {
    type: 'module',
    name: 'epochboard-events',
  })
  worker.onerror = () => openStream(URL_OF_EVENTS, tell)
  worker.port.onmessage = (message: MessageEvent<StreamMessage>) => tell(message.data)
  addEventListener('pageshow', (event) => event.persisted && worker.port.postMessage('hello'))
  addEventListener('pagehide', () => worker.port.postMessage('bye'))
}
