/** Loads the diagnosis of a run: at once; while it trains, a minute after the last time if there was an epoch, sooner after a
 * lost connection; and once more when it ends. */

import { readDiagnosis } from '../api/client'
import { errorMessage } from '../api/problem'
import type { Diagnosis as Answer, Finding } from '../api/types'
import type { Mark } from '../charts/curve'
import { markOf } from './kinds'

const PAUSE_MS = 60_000
/** After a failed read or a lost connection, so that the page asks at most twice a minute. */
const SHORT_PAUSE_MS = 30_000

export class Diagnosis {
  answer = $state.raw<Answer | null>(null)
  failure = $state('')
  findings: Finding[] = $derived.by(() => this.answer?.items ?? [])
  /** Where the charts mark the first finding that has a place on them. */
  mark: Mark | null = $derived.by(() => this.findings.map(markOf).find((mark) => mark !== null) ?? null)
  readonly #id: string
  #timer: ReturnType<typeof setTimeout> | undefined
  #dueAt = Infinity
  #readAt = 0
  #latest = 0

  constructor(id: string) {
    this.#id = id
  }

  /** Reads the diagnosis after a change of the run. */
  refresh(isTraining: boolean): void {
    if (isTraining && this.#latest) this.#schedule(this.failure ? SHORT_PAUSE_MS : PAUSE_MS)
    else void this.#read()
  }

  /** Reads it sooner than planned: what the page shows beside it has jumped to the newest epoch. */
  reconnected(): void {
    if (this.#latest) this.#schedule(SHORT_PAUSE_MS)
  }

  /** Reads it so long after the last time, unless that is planned sooner. */
  #schedule(pause: number): void {
    const dueAt = this.#readAt + pause
    if (dueAt >= this.#dueAt) return
    clearTimeout(this.#timer)
    this.#dueAt = dueAt
    this.#timer = setTimeout(() => void this.#read(), dueAt - performance.now())
  }

  stop(): void {
    clearTimeout(this.#timer)
    this.#dueAt = Infinity
    this.#latest += 1
  }

  async #read(): Promise<void> {
    clearTimeout(this.#timer)
    this.#dueAt = Infinity
    this.#readAt = performance.now()
    const request = ++this.#latest
    try {
      const answer = await readDiagnosis(this.#id)
      if (request !== this.#latest) return
      this.answer = answer
      this.failure = ''
    } catch (error) {
      if (request === this.#latest) this.failure = errorMessage(error)
    }
  }
}
