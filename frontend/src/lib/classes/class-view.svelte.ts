/** Reads one class of a run after an epoch. While the epochs play, the newest request wins. */

import { readRunClass } from '../api/client'
import { errorMessage } from '../api/problem'
import type { RunClass, Split } from '../api/types'

export class ClassView {
  readonly #run: string
  readonly #position: number
  read = $state.raw<RunClass | null>(null)
  failure = $state('')
  #requests = 0

  constructor(run: string, position: number) {
    this.#run = run
    this.#position = position
  }

  async request(epoch: string, split: Split): Promise<void> {
    const number = ++this.#requests
    try {
      const read = await readRunClass(this.#run, this.#position, epoch, split)
      if (number !== this.#requests) return
      this.read = read
      this.failure = ''
    } catch (error) {
      if (number === this.#requests) this.failure = errorMessage(error)
    }
  }
}
