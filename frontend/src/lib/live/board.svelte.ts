/** State of the whole page: the connection, the active runs and the workers, kept current by the server's events. */

import { findRuns, readRun, readWorkers } from '../api/client'
import { clock } from '../api/clock.svelte'
import { subscribe } from './subscribe'
import { throttle } from './throttle'
import { afterPaint, whenIdle } from './idle'
import { errorMessage } from '../api/problem'
import { ACTIVE, advance, EventNumbers, isActive, isHeld, whenHeard, type RunEvent } from './run-state'
import type { LiveRun } from '../api/types'
import type { StreamMessage } from './event-stream'
import type { Worker } from '../api/types'

/** A status event moves the whole queue; the events of one change arrive within this time. */
const STATUS_DELAY_MS = 250
/** A live trainer sends events more often than this; after a longer pause the runs are read again, which says if one is silent. */
const PAUSE_MS = 8_000

/** `now` is the time of the event in milliseconds, the same for all listeners. */
type Listener = (event: RunEvent, now: number) => void

const asStatus = (run: LiveRun): RunEvent => ({ kind: 'status', data: { ...run, run: run.id } })

class Board {
  connection = $state<'connecting' | 'live' | 'lost'>('connecting')
  /** When the stream brought its last message, in milliseconds of the server's clock; set when the connection is lost. */
  lastMessage = $state(0)
  /** Rises when everything has to be read again: at the start and after a reconnect. */
  resets = $state(0)
  /** Rises shortly after a run was created, deleted or changed its status. */
  changes = $state(0)
  active = $state.raw<LiveRun[] | null>(null)
  workers = $state.raw<Worker[] | null>(null)
  /** The time that estimates are made at; null without a connection, since what a run has done is not known then. */
  now: number | null = $derived(this.connection === 'lost' ? null : clock.now)
  /** Changes with what estimates are made of: a run has changed its status, or a worker has timed its device. */
  measurements: string = $derived.by(() => {
    const slots = (this.workers ?? []).filter((worker) => worker.state === 'alive').flatMap((worker) => worker.slots)
    return JSON.stringify([this.changes, ...slots.map((slot) => slot.multiplications_per_second)])
  })

  #lastReceived = 0
  #listeners = new Set<Listener>()
  #numbers = new EventNumbers()
  /** When each run was last heard, in milliseconds of the server's clock. */
  #heard = new Map<string, number>()
  #lastPoll = 0
  #statusTimer: ReturnType<typeof setTimeout> | undefined

  start(): void {
    const receive = throttle(({ message, now }: { message: StreamMessage; now: number }) => this.#receive(message, now))
    void this.#readAll()
    afterPaint(() => whenIdle(() => subscribe((message) => receive({ message, now: clock.read() }))))
  }

  /** Calls `listener` for each event. Returns the function that ends it. */
  listen(listener: Listener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  #receive(message: StreamMessage, now: number): void {
    if (message.kind === 'lost') return this.#lost()
    this.#lastReceived = now
    if (message.kind === 'open') this.connection = 'live'
    else this.#handle(message.event, now)
  }

  #lost(): void {
    this.connection = 'lost'
    this.lastMessage = this.#lastReceived
    this.#numbers.clear()
    this.#heard.clear()
  }

  #handle(event: RunEvent, now: number): void {
    if (event.kind === 'reset' && !event.data.run) {
      this.#numbers.clear()
      this.resets += 1
      void this.#readAll()
      return
    }
    if (event.kind === 'workers') {
      this.workers = event.data.items as Worker[]
      return
    }
    if (this.#numbers.hasGapBefore(event)) void this.#repair(event.data.run)
    this.#dispatch(event, now)
  }

  /** Reads the active runs again when nothing was heard of one for a while. Called every second. */
  poll(now: number): void {
    if (this.connection === 'lost' || now - this.#lastPoll < PAUSE_MS) return
    if (!this.active?.some((run) => this.#isUnheard(run, now))) return
    this.#lastPoll = now
    void this.#readSilence()
  }

  #isUnheard(run: LiveRun, now: number): boolean {
    return isHeld(run) && now - Math.max(this.#heard.get(run.id) ?? 0, run.received) > PAUSE_MS
  }

  /** Reads the active runs, and tells the listeners which of them have become silent, or no longer are. */
  async #readSilence(): Promise<void> {
    const before = new Map(this.active?.map(({ id, silent }) => [id, silent]))
    await this.#readActive()
    const changed = this.active?.filter(({ id, silent }) => before.has(id) && before.get(id) !== silent) ?? []
    for (const run of changed) this.#tell(asStatus(run), clock.read())
  }

  #dispatch(event: RunEvent, now: number): void {
    this.#apply(event, now)
    this.#tell(event, now)
  }

  #tell(event: RunEvent, now: number): void {
    for (const listener of this.#listeners) listener(event, now)
  }

  /** Reads a run whose events were missed; its page reads the history again. */
  async #repair(id: string): Promise<void> {
    await this.#logErrors(async () => this.#replace(await readRun(id)))
  }

  #replace(run: LiveRun): void {
    const events: RunEvent[] = [
      asStatus(run),
      { kind: 'reset', data: { run: run.id } },
    ]
    events.forEach((event) => this.#dispatch(event, clock.read()))
  }

  #apply(event: RunEvent, now: number): void {
    if (event.kind === 'status' || event.kind === 'deleted') this.#scheduleRefresh()
    this.#heard.set(event.data.run, now)
    this.active =
      this.active?.map((run) => (run.id === event.data.run ? whenHeard(advance(run, event, now), event) : run)).filter(isActive) ?? null
  }

  #scheduleRefresh(): void {
    clearTimeout(this.#statusTimer)
    this.#statusTimer = setTimeout(() => {
      this.changes += 1
      void this.#readAll()
    }, STATUS_DELAY_MS)
  }

  async #readAll(): Promise<void> {
    await Promise.all([this.#readActive(), this.#readWorkers()])
  }

  async #readActive(): Promise<void> {
    await this.#logErrors(async () => (this.active = (await findRuns({ status: ACTIVE, limit: 200 })).items))
  }

  async #readWorkers(): Promise<void> {
    await this.#logErrors(async () => (this.workers = (await readWorkers()).items))
  }

  /** Only logs a failed request: the stream reports a lost connection, and everything is read again after it returns. */
  async #logErrors(read: () => Promise<unknown>): Promise<void> {
    try {
      await read()
    } catch (error) {
      console.info('Request failed; it is repeated after the next reconnect:', errorMessage(error))
    }
  }
}

export const board = new Board()
