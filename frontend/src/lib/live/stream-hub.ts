/** Passes one event stream on to many tabs. Runs in the shared worker, or in the tab that leads. */

import { EVENTS_URL, openStream, RESET, type StreamMessage } from './event-stream'

/** The way to a tab: a MessagePort or a BroadcastChannel. */
export type TabPort = Pick<MessagePort, 'postMessage'>

export class StreamHub {
  #ports = new Set<TabPort>()
  #isOpen = false
  readonly #closeStream = openStream(EVENTS_URL, (message) => this.#broadcast(message))

  /** Tells the tab the state of the stream. One that comes later missed the first event, so it gets a `reset`. */
  add(port: TabPort): void {
    this.#ports.add(port)
    if (!this.#isOpen) return
    this.sendState(port)
    port.postMessage(RESET)
  }

  remove(port: TabPort): void {
    this.#ports.delete(port)
  }

  sendState(port: TabPort): void {
    port.postMessage({ kind: this.#isOpen ? 'open' : 'lost' } satisfies StreamMessage)
  }

  close(): void {
    this.#closeStream()
    this.#ports.clear()
  }

  #broadcast(message: StreamMessage): void {
    if (message.kind !== 'event') this.#isOpen = message.kind === 'open'
    for (const port of this.#ports) port.postMessage(message)
  }
}
