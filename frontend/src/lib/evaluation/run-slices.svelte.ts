/** Loads the slices of a run. An answer that a later request has overtaken is dropped. */

import { readSlices } from '../api/client'
import { errorMessage } from '../api/problem'
import type { Slices, Split } from '../api/types'

export class RunSlices {
  readonly #run: string
  answer = $state.raw<Slices | null>(null)
  failure = $state('')
  #latest = 0

  constructor(run: string) {
    this.#run = run
  }

  /** Shows slices that were read elsewhere. */
  show(answer: Slices): void {
    this.#latest += 1
    this.answer = answer
    this.failure = ''
  }

  async read(epoch: string, split: Split = 'validation'): Promise<void> {
    const request = ++this.#latest
    try {
      const answer = await readSlices(this.#run, epoch, split)
      if (request !== this.#latest) return
      this.answer = answer
      this.failure = ''
    } catch (error) {
      if (request === this.#latest) this.failure = errorMessage(error)
    }
  }
}
