/** The last resort, without SharedWorker and Web Locks: the tab that was shown last has the stream, the others poll. */

import { EVENTS_URL, openStream, RESET, type Receive } from './event-stream'

const NAME = 'epochboard-shown'
const POLL_MS = 5000

/** A tab without the stream reads everything every few seconds while it is visible. */
export function joinLastShown(receive: Receive): () => void {
  const channel = new BroadcastChannel(NAME)
  let close: (() => void) | null = null
  const take = (): void => {
    if (document.hidden) return
    channel.postMessage('shown')
    close ??= openStream(EVENTS_URL, receive)
  }
  const yieldStream = (): void => {
    close?.()
    close = null
  }
  channel.onmessage = yieldStream
  document.addEventListener('visibilitychange', take)
  const timer = setInterval(() => close === null && !document.hidden && receive(RESET), POLL_MS)
  take()
  return () => {
    yieldStream()
    clearInterval(timer)
    document.removeEventListener('visibilitychange', take)
    channel.close()
  }
}
