/** The confusion matrix and the report of the chosen epoch. While a run trains its best epoch moves on; it is followed,
 * but not more often than a person can look. */

import { readMatrix, readReport } from './api'
import { said } from './problem'
import type { Matrix, Report } from './types'

const PAUSE_MS = 1_500

export class Wrong {
  readonly id: string
  matrix = $state.raw<Matrix | null>(null)
  report = $state.raw<Report | null>(null)
  failure = $state('')
  #wanted: number | null = null
  #isReading = false

  constructor(id: string) {
    this.id = id
  }

  want(epoch: number): void {
    this.#wanted = epoch
    if (!this.#isReading) void this.#readUntilDone()
  }

  async #readUntilDone(): Promise<void> {
    this.#isReading = true
    while (this.#wanted !== null) {
      const epoch = this.#wanted
      await this.#read(String(epoch))
      await new Promise((done) => setTimeout(done, this.matrix?.epoch === epoch ? 0 : PAUSE_MS))
      if (this.#wanted === epoch) this.#wanted = null
    }
    this.#isReading = false
  }

  async #read(epoch: string): Promise<void> {
    try {
      const [matrix, report] = await Promise.all([readMatrix(this.id, epoch), readReport(this.id, epoch)])
      this.matrix = matrix
      this.report = report
      this.failure = ''
    } catch (error) {
      this.failure = said(error)
    }
  }
}
