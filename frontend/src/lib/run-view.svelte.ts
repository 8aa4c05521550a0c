/** One run with its history, log and files: read once, then kept true by the board's events. */

import { makeExport, readArtifacts, readExports, readLog, readMetrics, readRun } from './api'
import { clock } from './clock.svelte'
import { isAtWork } from './exports'
import { Problem, said } from './problem'
import { advance, isActive, isTraining, type LiveRun, type RunEvent } from './runs'
import { append, dropAfter, empty, follow, type Step } from './series'
import type { Artifact, Export, LogLine, Metrics, MetricsTable } from './types'

/** A trainer that is alive is heard more often than this; after so much silence the board is asked. */
const SILENCE_MS = 8_000
const FILES_EVERY_MS = 2_000
const LOG_PAGE = 200

export class RunView {
  readonly id: string
  run = $state.raw<LiveRun | null>(null)
  table = $state.raw<MetricsTable | null>(null)
  trail = $state.raw<Step[]>([])
  log = $state.raw<LogLine[]>([])
  files = $state.raw<Artifact[] | null>(null)
  exports = $state.raw<Export[] | null>(null)
  isMissing = $state(false)
  failure = $state('')
  /** When an event of this run last came, in milliseconds by the board's clock; 0 before. */
  heard = $state(0)
  #asked = 0
  /** For each answer that is awaited, the events that came meanwhile. */
  #meanwhile = new Set<RunEvent[]>()
  #logRead = 0
  #filesDue: ReturnType<typeof setTimeout> | undefined
  #isLeft = false

  constructor(id: string) {
    this.id = id
  }

  /** The page shows something else: nothing more is asked for. */
  leave(): void {
    this.#isLeft = true
    clearTimeout(this.#filesDue)
  }

  async read(): Promise<void> {
    this.#asked = clock.read()
    try {
      await this.#upToDate(Promise.all([readRun(this.id), readMetrics(this.id)]), ([run, table]) => {
        this.run = run
        this.table = table
        if (!isTraining(run)) this.trail = []
      })
      this.failure = ''
      await Promise.all([this.#readLog(), this.#readFiles()])
    } catch (error) {
      this.#fail(error)
    }
  }

  /** A run that was deleted meanwhile is shown no longer. */
  #fail(error: unknown): void {
    this.isMissing = error instanceof Problem && error.status === 404
    this.failure = said(error)
    if (this.isMissing) this.run = null
  }

  hear(event: RunEvent, now: number): void {
    if (event.data.run !== this.id) return
    this.heard = now
    for (const events of this.#meanwhile) events.push(event)
    this.#apply(event)
  }

  #apply(event: RunEvent): void {
    if (this.run === null) return
    this.run = advance(this.run, event, this.heard)
    if (event.kind === 'epoch') this.#epoch(event.data)
    else if (event.kind === 'progress') this.#progress(event.data)
    else if (event.kind === 'log') this.#line(event.data)
    else if (event.kind === 'reset') this.#reset(event.data.epoch)
    else if (event.kind === 'status') this.#status()
  }

  /** Called as time goes by: asks the board when the trainer has been silent for long. */
  watch(now: number): void {
    if (this.run === null || !isActive(this.run)) return
    if (now - Math.max(this.heard, this.#asked) < SILENCE_MS) return
    this.#asked = now
    this.take(readRun(this.id)).catch(() => undefined)
  }

  /** The run as the board will answer: when it is asked for, or something is asked of it. */
  take(asking: Promise<LiveRun>): Promise<void> {
    return this.#upToDate(asking, (run) => (this.run = run))
  }

  /** An answer may be older than events that came before it did: they are applied again, in order, and are right in the end. */
  async #upToDate<Answer>(asking: Promise<Answer>, take: (answer: Answer) => void): Promise<void> {
    const events: RunEvent[] = []
    this.#meanwhile.add(events)
    try {
      take(await asking)
    } finally {
      this.#meanwhile.delete(events)
    }
    // What has no number is no part of the history: progress that is over, and the board's word to read again.
    events.filter(({ data }) => typeof data.seq === 'number').forEach((event) => this.#apply(event))
  }

  #epoch(data: RunEvent['data']): void {
    this.table = append(this.table ?? empty, data.epoch as number, data.metrics as Metrics)
    this.trail = []
    this.#askForFiles()
  }

  #progress(data: RunEvent['data']): void {
    const epoch = data.epoch as number
    // The last of a trainer that was killed may come after the end: it would lead out of the chart.
    if (epoch <= (this.table?.epochs.at(-1) ?? 0) || !isTraining(this.run!)) return
    this.trail = follow(this.trail, epoch, data.batch as number, data.batches as number, data.metrics as Metrics)
  }

  #line({ seq, level, text }: RunEvent['data']): void {
    if (typeof seq !== 'number') return
    this.#addToLog([{ seq, level: level as string, text: text as string, time: new Date(this.heard).toISOString() }])
  }

  /** Lines are read and told at the same time: each is there once, in its place. */
  #addToLog(lines: LogLine[]): void {
    const known = new Set(this.log.map(({ seq }) => seq))
    this.log = [...this.log, ...lines.filter(({ seq }) => !known.has(seq))].sort((one, other) => one.seq - other.seq)
  }

  #reset(epoch: unknown): void {
    this.trail = []
    if (typeof epoch === 'number') this.table = dropAfter(this.table ?? empty, epoch)
    else void this.read()
  }

  #status(): void {
    if (!isTraining(this.run!)) this.trail = []
    this.#askForFiles()
  }

  /** Files change with each epoch, and epochs may take a tenth of a second. */
  #askForFiles(): void {
    this.#filesDue ??= setTimeout(() => {
      this.#filesDue = undefined
      void this.#readFiles()
    }, FILES_EVERY_MS)
  }

  async make(kind: Export['kind']): Promise<void> {
    try {
      await makeExport(this.id, kind)
      await this.#readFiles()
    } catch (error) {
      this.#fail(error)
    }
  }

  async #readFiles(): Promise<void> {
    try {
      const [files, exports] = await Promise.all([readArtifacts(this.id), readExports(this.id)])
      this.files = files.items
      this.exports = exports.items
      if (!this.#isLeft && this.exports.some(isAtWork)) this.#askForFiles()
    } catch (error) {
      this.#fail(error)
    }
  }

  async #readLog(): Promise<void> {
    for (;;) {
      const { items } = await readLog(this.id, this.#logRead)
      this.#addToLog(items)
      this.#logRead = items.at(-1)?.seq ?? this.#logRead
      if (items.length < LOG_PAGE) return
    }
  }
}
