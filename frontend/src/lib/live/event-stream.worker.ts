/** Shared worker with one event stream for all tabs: a browser allows six connections per origin, and a seventh tab would wait forever. */

import { StreamHub } from './stream-hub'

const hub = new StreamHub()

addEventListener('connect', (event) => {
  const port = (event as MessageEvent).ports[0]!
  port.onmessage = ({ data }) => (data === 'bye' ? hub.remove(port) : hub.add(port))
})
