/** Loads the diagnosis of a run: at once; while it trains, a minute after the last time if there was an epoch; and once more
 * when it ends. */

import { readDiagnosis } from '../api/client'
import { errorMessage } from '../api/problem'
import type { Diagnosis as Answer, Finding } from '../api/types'
import type { Mark } from '../charts/curve'
import { markOf } from './kinds'

const PAUSE_MS = 60_000

export class Diagnosis {
  answer = $state.raw<Answer | null>(null)
  failure = $state('')
  findings: Finding[] = $derived.by(() => this.answer?.items ?? [])
  /** Where the charts mark the first finding that has a place on them. */
  mark: Mark | null = $derived.by(() => this.findings.map(markOf).find((mark) => mark !== null) ?? null)
  readonly #id: string
  #timer: ReturnType<typeof setTimeout> | undefined
  #latest = 0

  constructor(id: string) {
    this.#id = id
  }

  /** Reads the diagnosis after a change of the run. */
  refresh(isTraining: boolean): void {
    if (isTraining && this.#latest) this.#timer ??= setTimeout(() => void this.#read(), PAUSE_MS)
    else void this.#read()
  }

  stop(): void {
    clearTimeout(this.#timer)
    this.#latest += 1
  }

  async #read(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
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
