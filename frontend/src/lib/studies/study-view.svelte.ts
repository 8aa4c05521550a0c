/** A study and its runs, read once and kept current by the server's events: an event moves or adds its trial at once, and
 * the study with its means and importance is read again shortly after a run of it changed its status. */

import { readStudy, readTrials } from '../api/studies'
import { errorMessage, Problem } from '../api/problem'
import type { Study, TrialRow } from '../api/study-types'
import type { RunEvent } from '../live/run-state'
import { trialOf, type Trial } from './trials'

/** A fast study has several changes a second, which one request answers. */
const READ_DELAY_MS = 1_500
const NOT_FOUND = 404

export class StudyView {
  study = $state.raw<Study | null>(null)
  rows = $state.raw<TrialRow[]>([])
  failure = $state('')
  isMissing = $state(false)
  readonly id: string
  trials: Trial[] = $derived.by(() => {
    const objective = this.study?.objective ?? ''
    return this.rows.map((row) => trialOf(row, objective)).sort((a, b) => a.number - b.number)
  })
  #timer: ReturnType<typeof setTimeout> | undefined
  #latest = 0

  constructor(id: string) {
    this.id = id
  }

  /** Reads everything. A late answer of an earlier request is ignored. */
  read(): Promise<void> {
    return this.#read(async () => {
      const [study, rows] = await Promise.all([readStudy(this.id), readTrials(this.id)])
      return () => {
        this.study = study
        this.rows = rows
      }
    })
  }

  #readStudy(): Promise<void> {
    return this.#read(async () => {
      const study = await readStudy(this.id)
      return () => (this.study = study)
    })
  }

  async #read(request: () => Promise<() => void>): Promise<void> {
    const number = ++this.#latest
    clearTimeout(this.#timer)
    this.#timer = undefined
    try {
      const apply = await request()
      if (number === this.#latest) this.#succeed(apply)
    } catch (error) {
      if (number !== this.#latest) return
      this.failure = errorMessage(error)
      this.isMissing = error instanceof Problem && error.status === NOT_FOUND
    }
  }

  #succeed(apply: () => void): void {
    apply()
    this.failure = ''
    this.isMissing = false
  }

  /** Applies the answer of a request that changed the study. */
  async update(request: Promise<Study>): Promise<void> {
    this.study = await request
    await this.read()
  }

  stop(): void {
    clearTimeout(this.#timer)
    this.#latest += 1
  }

  handle(event: RunEvent): void {
    if (event.kind !== 'status' && event.kind !== 'epoch') return
    const isKnown = this.rows.some((row) => row.id === event.data.run)
    if (isKnown) this.rows = this.rows.map((row) => (row.id === event.data.run ? advanced(row, event) : row))
    else if (event.data.study === this.id) this.rows = [...this.rows, { ...event.data, id: event.data.run } as unknown as TrialRow]
    else return
    if (event.kind === 'status') this.#timer ??= setTimeout(() => void this.#readStudy(), READ_DELAY_MS)
  }
}

/** The fields of a row that an event may carry. */
const FIELDS = ['status', 'ended_by', 'pruned_epoch', 'epoch', 'epochs', 'spark', 'started_at', 'finished_at', 'metrics'] as const

function advanced(row: TrialRow, { data }: RunEvent): TrialRow {
  const changes = FIELDS.flatMap((field) => (data[field] === undefined ? [] : [[field, data[field]]]))
  return { ...row, ...Object.fromEntries(changes), best: (data.best as TrialRow['best'] | undefined) ?? row.best }
}
