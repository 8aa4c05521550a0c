/** The answer to a changed image, live. One request is under way at a time; when it is answered, the newest changes are
 * sent. Once they rest, the bands are computed, too. */

import { errorMessage } from '../api/problem'
import { predictChanged, type Changes, type SamplePlace } from '../api/samples'
import type { Bands, WhatIf } from '../api/types'
import { UNCHANGED } from './what-if'

const REST_MS = 350

export class WhatIfView {
  changes = $state.raw<Changes>(UNCHANGED)
  answer = $state.raw<WhatIf | null>(null)
  bands = $state.raw<Bands | null>(null)
  milliseconds = $state(0)
  failure = $state('')
  readonly #place: SamplePlace
  #sent: Changes | null = null
  #isBusy = false
  readonly #abort = new AbortController()
  #rest: ReturnType<typeof setTimeout> | undefined

  constructor(place: SamplePlace) {
    this.#place = place
  }

  /** Applies changes; with none, computes what the page begins with. */
  change(changes: Partial<Changes>): void {
    this.changes = { ...this.changes, ...changes }
    clearTimeout(this.#rest)
    if (!this.#isBusy) void this.#sendUntilCurrent()
  }

  stop(): void {
    this.#abort.abort()
    clearTimeout(this.#rest)
  }

  async #sendUntilCurrent(): Promise<void> {
    this.#isBusy = true
    while (this.#sent !== this.changes && !this.#abort.signal.aborted) {
      this.#sent = this.changes
      await this.#send(this.changes, false)
    }
    this.#isBusy = false
    if (!this.#abort.signal.aborted) this.#rest = setTimeout(() => void this.#send(this.changes, true), REST_MS)
  }

  async #send(changes: Changes, bands: boolean): Promise<void> {
    const startedAt = performance.now()
    try {
      const answer = await predictChanged(this.#place, changes, bands, this.#abort.signal)
      if (bands) {
        if (changes === this.changes) this.bands = answer.bands
      } else {
        this.answer = answer
        this.milliseconds = Math.round(performance.now() - startedAt)
      }
      this.failure = ''
    } catch (error) {
      if (!this.#abort.signal.aborted) this.failure = errorMessage(error)
    }
  }
}
