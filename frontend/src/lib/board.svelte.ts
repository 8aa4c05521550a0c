/** What the whole page knows: the connection, what trains, what waits, who works. Kept true by the board's events. */

import { findRuns, readRun, readWorkers } from './api'
import { clock } from './clock.svelte'
import { followBoard } from './events'
import { paced } from './paced'
import { said } from './problem'
import { ACTIVE, advance, isActive, Numbers, type LiveRun, type RunEvent } from './runs'
import type { StreamMessage } from './stream'
import type { Worker } from './types'

/** Heartbeats are not events: workers are asked again this often. */
const WORKERS_EVERY_MS = 10_000
/** After a status event the line of waiting runs has moved as a whole. */
const SETTLE_MS = 250

/** `now` is when the event came, in milliseconds: the same for everybody, so that no two clocks on the page differ. */
type Listener = (event: RunEvent, now: number) => void

class Board {
  connection = $state<'connecting' | 'live' | 'lost'>('connecting')
  /** Rises when everything has to be read again: at the start, and after the stream was cut. */
  reads = $state(0)
  /** Rises, a moment after, when a run has begun, changed its status or gone. */
  changes = $state(0)
  active = $state.raw<LiveRun[] | null>(null)
  workers = $state.raw<Worker[] | null>(null)

  #listeners = new Set<Listener>()
  #numbers = new Numbers()
  #settling: ReturnType<typeof setTimeout> | undefined

  start(): void {
    const take = paced(({ message, now }: { message: StreamMessage; now: number }) => this.#take(message, now))
    followBoard((message) => take({ message, now: clock.read() }))
    setInterval(() => this.#readWorkers(), WORKERS_EVERY_MS)
    void this.#readAll()
  }

  /** Hear each event of the board until the answer is called. */
  listen(listener: Listener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  #take(message: StreamMessage, now: number): void {
    if (message.kind === 'open') this.connection = 'live'
    else if (message.kind === 'lost') this.#lost()
    else this.#hear(message.event, now)
  }

  #lost(): void {
    this.connection = 'lost'
    this.#numbers.forget()
  }

  #hear(event: RunEvent, now: number): void {
    if (event.kind === 'reset' && !event.data.run) {
      this.#numbers.forget()
      this.reads += 1
      void this.#readAll()
      return
    }
    if (this.#numbers.missedBefore(event)) void this.#repair(event.data.run)
    this.#handOn(event, now)
  }

  #handOn(event: RunEvent, now: number): void {
    this.#apply(event, now)
    for (const listener of this.#listeners) listener(event, now)
  }

  /** A run of which something was missed is told again as a status, and its page reads the rest. */
  async #repair(id: string): Promise<void> {
    await this.#orLater(async () => this.#tell(await readRun(id)))
  }

  #tell(run: LiveRun): void {
    const events: RunEvent[] = [
      { kind: 'status', data: { ...run, run: run.id } },
      { kind: 'reset', data: { run: run.id } },
    ]
    events.forEach((event) => this.#handOn(event, clock.read()))
  }

  #apply(event: RunEvent, now: number): void {
    if (event.kind === 'status') this.#settle()
    this.active =
      this.active?.map((run) => (run.id === event.data.run ? advance(run, event, now) : run)).filter(isActive) ?? null
  }

  #settle(): void {
    clearTimeout(this.#settling)
    this.#settling = setTimeout(() => {
      this.changes += 1
      void this.#readAll()
    }, SETTLE_MS)
  }

  async #readAll(): Promise<void> {
    await Promise.all([this.#readActive(), this.#readWorkers()])
  }

  async #readActive(): Promise<void> {
    await this.#orLater(async () => (this.active = (await findRuns({ status: ACTIVE, limit: 200 })).items))
  }

  async #readWorkers(): Promise<void> {
    if (document.hidden && this.workers !== null) return
    await this.#orLater(async () => (this.workers = (await readWorkers()).items))
  }

  /** A board that is away says so through the stream, and everything is read again when it is back. */
  async #orLater(read: () => Promise<unknown>): Promise<void> {
    try {
      await read()
    } catch (error) {
      console.info('Not read, the stream will ask again:', said(error))
    }
  }
}

export const board = new Board()
