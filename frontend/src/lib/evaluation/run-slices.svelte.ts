/** Loads the slices of a run. */

import { readSlices } from '../api/client'
import { errorMessage } from '../api/problem'
import type { Slices, Split } from '../api/types'

export class RunSlices {
  readonly #run: string
  answer = $state.raw<Slices | null>(null)
  failure = $state('')

  constructor(run: string) {
    this.#run = run
  }

  async read(epoch: string, split: Split = 'validation'): Promise<void> {
    try {
      this.answer = await readSlices(this.#run, epoch, split)
      this.failure = ''
    } catch (error) {
      this.failure = errorMessage(error)
    }
  }
}
