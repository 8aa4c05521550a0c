/** One run with its metrics, log and files: read once, then kept current by the server's events. */

import { makeExport, readArtifacts, readExports, readLog, readMetrics, readRun } from '../api/client'
import { clock } from '../api/clock.svelte'
import { isInProgress, waitsForAnotherRun } from './files/exports'
import { withFiles } from './files/files'
import { Problem, errorMessage } from '../api/problem'
import { advance, isHeld, isTraining, whenHeard, type RunEvent } from '../live/run-state'
import type { LiveRun } from '../api/types'
import { withEpoch, withoutEpochsAfter, emptyTable, extendTrail, type Step } from '../charts/series'
import type { Artifact, Export, LogLine, Metrics, MetricsTable } from '../api/types'

/** A live trainer sends events more often than this; after a longer pause the run is read again, which says if it is silent. */
const PAUSE_MS = 8_000
const LOG_PAGE = 200
/** Epochs in the table, at which it is read again: the server picks fewer, with the extremes of all. */
const MAX_TABLE_EPOCHS = 4_000

export class RunView {
  readonly id: string
  run = $state.raw<LiveRun | null>(null)
  table = $state.raw<MetricsTable | null>(null)
  trail = $state.raw<Step[]>([])
  /** How many images have their features of a frozen backbone; null while none are computed. */
  features = $state.raw<{ done: number; images: number } | null>(null)
  /** Why training waits, such as for the database; empty while it does not. It is told every few seconds, and not stored. */
  waits = $state('')
  log = $state.raw<LogLine[]>([])
  files = $state.raw<Artifact[] | null>(null)
  exports = $state.raw<Export[] | null>(null)
  isMissing = $state(false)
  failure = $state('')
  /** Time of the run's last event in milliseconds of the server's clock; 0 before the first. */
  lastEvent = $state(0)
  #lastRead = 0
  #reading = Promise.resolve()
  /** The number of the last event that is part of what was read or received without a gap. */
  #lastSeq = 0
  /** For each pending request, the events that arrived since it was sent. */
  #pending = new Set<RunEvent[]>()
  #lastLogLine = 0
  #isThinning = false
  #areFilesOutdated = false
  #isReadingFiles = false

  constructor(id: string) {
    this.id = id
  }

  /** Reads the run for the first time, or what may have changed while no events came. */
  async catchUp(): Promise<void> {
    await this.#reading
    if (this.isMissing) return // a run that is not there does not come
    if (this.run === null) await this.read()
    else await this.#readAgain().catch((error) => this.#fail(error))
  }

  read(): Promise<void> {
    this.#reading = this.#readAll()
    return this.#reading
  }

  async #readAll(): Promise<void> {
    this.#lastRead = clock.read()
    try {
      await this.#withLaterEvents(Promise.all([readRun(this.id), readMetrics(this.id)]), ([run, table]) => {
        this.run = run
        this.table = table
        this.#lastSeq = run.last_seq
        if (!isTraining(run)) this.trail = []
      })
      this.failure = ''
      await Promise.all([this.#readLog(), this.#readFiles()])
    } catch (error) {
      this.#fail(error)
    }
  }

  /** A run that was deleted is no longer shown. */
  #fail(error: unknown): void {
    this.isMissing = error instanceof Problem && error.status === 404
    this.failure = errorMessage(error)
    if (this.isMissing) this.run = null
  }

  handle(event: RunEvent, now: number): void {
    if (event.data.run !== this.id) return this.#handleOther(event)
    this.lastEvent = now
    for (const events of this.#pending) events.push(event)
    this.#apply(event)
  }

  /** The export of another run, for which one of this run may wait, has ended or is gone. */
  #handleOther({ kind }: RunEvent): void {
    if ((kind === 'log' || kind === 'deleted') && this.exports?.some(waitsForAnotherRun)) void this.#readFiles()
  }

  #apply(event: RunEvent): void {
    if (this.run === null) return
    if (event.data.seq === this.#lastSeq + 1) this.#lastSeq += 1
    this.run = whenHeard(advance(this.run, event, this.lastEvent), event)
    if (event.kind === 'epoch') this.#addEpoch(event.data)
    else if (event.kind === 'progress') this.#addProgress(event.data)
    else if (event.kind === 'log') this.#addLogEvent(event.data)
    else if (event.kind === 'reset') this.#reset(event.data.epoch)
    else if (event.kind === 'status') this.#applyStatus()
    else if (event.kind === 'deleted') this.#applyDeleted()
  }

  #applyDeleted(): void {
    this.run = null
    this.isMissing = true
    this.failure = 'This run was deleted while the page was open.'
  }

  /** Reads the run again when the trainer has sent nothing for a while. Called every second. */
  poll(now: number): void {
    if (this.run === null || !isHeld(this.run)) return
    if (now - Math.max(this.lastEvent, this.#lastRead) < PAUSE_MS) return
    this.#lastRead = now
    this.#readAgain().catch(() => undefined)
  }

  /** Reads the run, and its history only if events of it were missed. */
  async #readAgain(): Promise<void> {
    await this.update(readRun(this.id))
    const { last_seq, epoch } = this.run!
    if (last_seq > this.#lastSeq || epoch !== (this.table?.epochs.at(-1) ?? 0)) await this.read()
  }

  /** Sets the run to the answer of a request. */
  update(request: Promise<LiveRun>): Promise<void> {
    return this.#withLaterEvents(request, (run) => (this.run = run))
  }

  /** An answer may be older than events that arrived before it, so those events are applied again after it. */
  async #withLaterEvents<Answer>(request: Promise<Answer>, apply: (answer: Answer) => void): Promise<void> {
    const events: RunEvent[] = []
    this.#pending.add(events)
    try {
      apply(await request)
    } finally {
      this.#pending.delete(events)
    }
    // Events without a number are not part of the history: progress, and a reset that was already followed.
    events.filter(({ data }) => typeof data.seq === 'number').forEach((event) => this.#apply(event))
  }

  #addEpoch(data: RunEvent['data']): void {
    this.waits = ''
    this.table = withEpoch(this.table ?? emptyTable, data.epoch as number, data.metrics as Metrics)
    this.trail = []
    this.#changeFiles((data.files ?? []) as Artifact[])
    if (this.table.epochs.length > MAX_TABLE_EPOCHS && !this.#isThinning) this.#thinTable()
  }

  #changeFiles(changed: Artifact[]): void {
    this.files = this.files && withFiles(this.files, changed)
    if (!changed.some(({ name }) => name === 'best.keras')) return
    this.exports = this.exports?.map((item) => ({ ...item, is_current: false })) ?? null
  }

  /** Keeps a table that grows by events as small as one that was just read, so that its chart stays quick to draw. */
  #thinTable(): void {
    this.#isThinning = true
    this.#withLaterEvents(readMetrics(this.id), (table) => (this.table = table))
      .catch(() => undefined) // the next epoch tries again
      .finally(() => (this.#isThinning = false))
  }

  #addProgress(data: RunEvent['data']): void {
    const epoch = data.epoch as number
    this.waits = isHeld(this.run!) ? ((data.waits as string | null | undefined) ?? '') : ''
    const features = (data.features ?? null) as RunView['features']
    this.features = features && features.done < features.images && isTraining(this.run!) ? features : null
    // The last progress of a killed trainer may arrive after the run's end and must not be drawn.
    if (epoch <= (this.table?.epochs.at(-1) ?? 0) || !isTraining(this.run!)) return
    this.trail = extendTrail(this.trail, epoch, data.batch as number, data.batches as number, data.metrics as Metrics)
  }

  /** A job writes a line when it ends, and that changes its export. */
  #addLogEvent({ seq, level, text }: RunEvent['data']): void {
    if (typeof seq !== 'number') return
    if (this.exports?.some(isInProgress)) void this.#readFiles()
    this.#addLogLines([{ seq, level: level as string, text: text as string, time: new Date(this.lastEvent).toISOString() }])
  }

  /** Lines arrive from requests and events; each is kept once, in order. */
  #addLogLines(lines: LogLine[]): void {
    const known = new Set(this.log.map(({ seq }) => seq))
    this.log = [...this.log, ...lines.filter(({ seq }) => !known.has(seq))].sort((a, b) => a.seq - b.seq)
  }

  #reset(epoch: unknown): void {
    this.trail = []
    if (typeof epoch === 'number') this.table = withoutEpochsAfter(this.table ?? emptyTable, epoch)
    else void this.read()
  }

  #applyStatus(): void {
    this.features = null
    this.waits = ''
    if (!isTraining(this.run!)) this.trail = []
    void this.#readFiles()
  }

  async createExport(kind: Export['kind']): Promise<void> {
    try {
      const created = await makeExport(this.id, kind)
      this.exports = this.exports?.map((item) => (item.kind === kind ? created : item)) ?? null
    } catch (error) {
      this.#fail(error)
    }
  }

  /** Epochs bring their files with them. What else changes files is a new status, or the end of an export's job. Events
   * that come while the files are read have them read once more, however many there are. */
  async #readFiles(): Promise<void> {
    this.#areFilesOutdated = true
    if (this.#isReadingFiles) return
    this.#isReadingFiles = true
    while (this.#areFilesOutdated) {
      this.#areFilesOutdated = false
      await this.#readFilesOnce()
    }
    this.#isReadingFiles = false
  }

  async #readFilesOnce(): Promise<void> {
    try {
      await this.#withLaterEvents(Promise.all([readArtifacts(this.id), readExports(this.id)]), ([files, exports]) => {
        this.files = files.items
        this.exports = exports.items
      })
    } catch (error) {
      this.#fail(error)
    }
  }

  async #readLog(): Promise<void> {
    for (;;) {
      const { items } = await readLog(this.id, this.#lastLogLine)
      this.#addLogLines(items)
      this.#lastLogLine = items.at(-1)?.seq ?? this.#lastLogLine
      if (items.length < LOG_PAGE) return
    }
  }
}
