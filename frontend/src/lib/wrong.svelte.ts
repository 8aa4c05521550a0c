/** The confusion matrix and the report of the chosen epoch and split. While a run trains its best epoch moves on; it is followed,
 * but not more often than a person can look. */

import { readMatrix, readReport } from './api'
import { said } from './problem'
import type { Matrix, Report, Split } from './types'

const PAUSE_MS = 1_500

interface Wanted {
  epoch: number
  split: Split
}

export class Wrong {
  readonly id: string
  matrix = $state.raw<Matrix | null>(null)
  report = $state.raw<Report | null>(null)
  /** The last report on the validation images, whatever split is shown. */
  validation = $state.raw<Report | null>(null)
  failure = $state('')
  #wanted: Wanted | null = null
  #isReading = false

  constructor(id: string) {
    this.id = id
  }

  want(epoch: number, split: Split): void {
    this.#wanted = { epoch, split }
    if (!this.#isReading) void this.#readUntilDone()
  }

  async #readUntilDone(): Promise<void> {
    this.#isReading = true
    while (this.#wanted !== null) {
      const wanted = this.#wanted
      await this.#read(wanted)
      await new Promise((done) => setTimeout(done, this.#shows(wanted) ? 0 : PAUSE_MS))
      if (this.#wanted === wanted) this.#wanted = null
    }
    this.#isReading = false
  }

  #shows({ epoch, split }: Wanted): boolean {
    return this.matrix?.epoch === epoch && this.matrix.split === split
  }

  async #read({ epoch, split }: Wanted): Promise<void> {
    try {
      const asked = [this.id, String(epoch), split] as const
      const [matrix, report] = await Promise.all([readMatrix(...asked), readReport(...asked)])
      this.matrix = matrix
      this.report = report
      if (split === 'validation') this.validation = report
      this.failure = ''
    } catch (error) {
      this.failure = said(error)
    }
  }
}
