/** Connects this tab to the event stream, which all tabs of the browser share: a browser allows six connections to a server. */

import type { Receive } from './event-stream'
import { joinLastShown } from './last-shown-tab'
import { joinElection } from './tab-election'

type Leave = () => void

export function subscribe(receive: Receive): void {
  const useTabs = (): void => void subscribeInTabs(receive)
  try {
    subscribeInWorker(receive, useTabs)
  } catch {
    // The browser has no SharedWorker, or forbids it together with cookies.
    useTabs()
  }
}

function subscribeInWorker(receive: Receive, fail: () => void): void {
  const worker = new SharedWorker(new URL('./event-stream.worker.ts', import.meta.url), {
    type: 'module',
    name: 'epochboard-events',
  })
  worker.onerror = fail
  worker.port.onmessage = ({ data }) => receive(data)
  whileActive(() => {
    worker.port.postMessage('hello')
    return () => worker.port.postMessage('bye')
  })
}

/** Web Locks exist on secure addresses only, and a browser may forbid them. */
async function subscribeInTabs(receive: Receive): Promise<void> {
  const hasLocks = 'locks' in navigator && (await navigator.locks.query().then(() => true, () => false))
  whileActive(() => (hasLocks ? joinElection(receive) : joinLastShown(receive)))
}

/** A tab leaves while it is frozen or kept for the Back button: it could not answer others, and events would pile up. */
function whileActive(join: () => Leave): void {
  let leave: Leave | null = join()
  const pause = (): void => {
    leave?.()
    leave = null
  }
  const resume = (): void => void (leave ??= join())
  addEventListener('pagehide', pause)
  addEventListener('pageshow', resume)
  document.addEventListener('freeze', pause)
  document.addEventListener('resume', resume)
}
