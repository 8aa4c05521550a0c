/** Loads the confusion matrix and the report of the chosen epoch and split. While a run trains, its best epoch moves on
 * and is followed at a limited rate. */

import { readMatrix, readReport } from '../api/client'
import { errorMessage } from '../api/problem'
import type { Matrix, Report } from '../api/types'
import type { EvaluatedEpoch } from './sample-selection'

/** Pause between two requests while the requested epoch keeps changing. */
const PAUSE_MS = 1_500

export class Evaluation {
  readonly id: string
  matrix = $state.raw<Matrix | null>(null)
  report = $state.raw<Report | null>(null)
  /** The last report on the validation split, whichever split is chosen. */
  validation = $state.raw<Report | null>(null)
  failure = $state('')
  #requested: EvaluatedEpoch | null = null
  #isReading = false

  constructor(id: string) {
    this.id = id
  }

  request(epoch: number, split: EvaluatedEpoch['split']): void {
    this.#requested = { epoch, split }
    if (!this.#isReading) void this.#readUntilCurrent()
  }

  async #readUntilCurrent(): Promise<void> {
    this.#isReading = true
    while (this.#requested !== null) {
      const requested = this.#requested
      await this.#read(requested)
      await new Promise((resolve) => setTimeout(resolve, this.#isCurrent(requested) ? 0 : PAUSE_MS))
      if (this.#requested === requested) this.#requested = null
    }
    this.#isReading = false
  }

  #isCurrent({ epoch, split }: EvaluatedEpoch): boolean {
    return this.matrix?.epoch === epoch && this.matrix.split === split
  }

  async #read({ epoch, split }: EvaluatedEpoch): Promise<void> {
    try {
      const query = [this.id, String(epoch), split] as const
      const [matrix, report] = await Promise.all([readMatrix(...query), readReport(...query)])
      this.matrix = matrix
      this.report = report
      if (split === 'validation') this.validation = report
      this.failure = ''
    } catch (error) {
      this.failure = errorMessage(error)
    }
  }
}
