/**
 * One tab reads the event stream for all tabs, where the browser has no SharedWorker. The tab that holds a Web Lock leads.
 * When it closes, the browser gives the lock to another tab, which opens a stream. The first event of a stream is a
 * `reset`, so that all tabs read what they missed between the two.
 */

import type { Receive, StreamMessage } from './event-stream'
import { StreamHub } from './stream-hub'

type Call = { kind: 'hello' | 'ping' | 'bye'; tab: string } | { kind: 'lead' }

const NAME = 'epochboard-events'
/** A browser may suspend a hidden tab that leads, so visible tabs ask this often whether it answers. */
const PING_MS = 5000
/** Unlike timers, messages are not delayed in a hidden tab. */
const ANSWER_MS = 2000

/** Takes part until the returned function is called. */
export function joinElection(receive: Receive): () => void {
  const member = new Member(receive)
  return () => member.leave()
}

const inboxOf = (tab: string): BroadcastChannel => new BroadcastChannel(`${NAME}-${tab}`)

class Member {
  readonly #receive: Receive
  readonly #id = crypto.randomUUID()
  readonly #calls = new BroadcastChannel(NAME)
  readonly #inbox = inboxOf(this.#id)
  readonly #pings = setInterval(() => this.#checkLeader(), PING_MS)
  #answerTimer: ReturnType<typeof setTimeout> | undefined
  #leader: Leader | null = null
  #hasLeft = false
  #steals = false
  #waiting = new AbortController()
  #release = (): void => undefined

  constructor(receive: Receive) {
    this.#receive = receive
    this.#inbox.onmessage = ({ data }: MessageEvent<StreamMessage>) => this.#hear(data)
    this.#calls.onmessage = ({ data }: MessageEvent<Call>) => {
      if (data.kind === 'lead') this.#call('hello')
      else this.#leader?.answer(data)
    }
    this.#call('hello')
    void this.#takePart()
  }

  leave(): void {
    this.#hasLeft = true
    this.#call('bye')
    clearInterval(this.#pings)
    clearTimeout(this.#answerTimer)
    this.#waiting.abort()
    this.#leader?.close()
    this.#release()
    this.#calls.close()
    this.#inbox.close()
  }

  #call(kind: 'hello' | 'ping' | 'bye'): void {
    this.#calls.postMessage({ kind, tab: this.#id } satisfies Call)
  }

  #hear(message: StreamMessage): void {
    clearTimeout(this.#answerTimer)
    this.#receive(message)
  }

  /** The request rejects when the wait is aborted, and when another tab steals the lock. */
  async #takePart(): Promise<void> {
    while (!this.#hasLeft) {
      this.#waiting = new AbortController()
      const options: LockOptions = this.#steals ? { steal: true } : { signal: this.#waiting.signal }
      this.#steals = false
      await navigator.locks.request(NAME, options, () => this.#lead()).catch(() => undefined)
      this.#leader?.close()
      this.#leader = null
    }
  }

  #lead(): Promise<void> {
    clearTimeout(this.#answerTimer)
    this.#leader = new Leader(this.#receive)
    this.#calls.postMessage({ kind: 'lead' } satisfies Call)
    return new Promise((resolve) => (this.#release = resolve))
  }

  /** Any message counts as an answer. Without one, this tab takes the lead. */
  #checkLeader(): void {
    if (this.#leader || document.hidden) return
    this.#call('ping')
    clearTimeout(this.#answerTimer)
    this.#answerTimer = setTimeout(() => {
      this.#steals = true
      this.#waiting.abort()
    }, ANSWER_MS)
  }
}

class Leader {
  readonly #hub = new StreamHub()
  readonly #followers = new Map<string, BroadcastChannel>()

  constructor(receive: Receive) {
    this.#hub.add({ postMessage: receive })
  }

  answer(call: Exclude<Call, { kind: 'lead' }>): void {
    const known = this.#followers.get(call.tab)
    if (call.kind === 'bye') this.#remove(call.tab)
    else if (known && call.kind === 'ping') this.#hub.sendState(known)
    else this.#hub.add(known ?? this.#follow(call.tab))
  }

  close(): void {
    this.#hub.close()
    for (const tab of this.#followers.keys()) this.#remove(tab)
  }

  #follow(tab: string): BroadcastChannel {
    const port = inboxOf(tab)
    this.#followers.set(tab, port)
    return port
  }

  #remove(tab: string): void {
    const port = this.#followers.get(tab)
    if (!port) return
    this.#followers.delete(tab)
    this.#hub.remove(port)
    port.close()
  }
}
