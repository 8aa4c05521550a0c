/** Runs the learning-rate range test of a draft; the result is of the spec that it was run with. */

import { findLearningRate } from '../api/client'
import { errorMessage } from '../api/problem'
import type { LearningRateRange, Spec } from '../api/types'

export class RangeTest {
  result = $state.raw<LearningRateRange | null>(null)
  isRunning = $state(false)
  failure = $state('')
  #latest = 0

  async run(spec: Spec): Promise<void> {
    const request = ++this.#latest
    this.isRunning = true
    this.result = null
    this.failure = ''
    try {
      const result = await findLearningRate(spec)
      if (request === this.#latest) this.result = result
    } catch (error) {
      if (request === this.#latest) this.failure = errorMessage(error)
    }
    if (request === this.#latest) this.isRunning = false
  }

  /** Drops the result, or the answer that is still to come. */
  clear(): void {
    this.#latest += 1
    this.isRunning = false
    this.result = null
    this.failure = ''
  }
}
