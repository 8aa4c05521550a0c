/** The calibration of a run's best epoch, and how its exports answer. */

import { chooseAnswering, readAnswering, readCalibration } from '../api/client'
import { errorMessage } from '../api/problem'
import type { AnsweringChoice, Calibration } from '../api/types'

export class Trust {
  readonly id: string
  calibration = $state.raw<Calibration | null>(null)
  choice = $state.raw<AnsweringChoice | null>(null)
  failure = $state('')
  isSaving = $state(false)

  constructor(id: string) {
    this.id = id
  }

  async read(): Promise<void> {
    await this.#try(async () => {
      ;[this.calibration, this.choice] = await Promise.all([readCalibration(this.id, 'best'), readAnswering(this.id)])
    })
  }

  /** Stores how the exports answer; they are made again. */
  async choose(choice: AnsweringChoice): Promise<void> {
    this.isSaving = true
    await this.#try(async () => {
      this.choice = await chooseAnswering(this.id, choice)
    })
    this.isSaving = false
  }

  async #try(action: () => Promise<void>): Promise<void> {
    try {
      await action()
      this.failure = ''
    } catch (error) {
      this.failure = errorMessage(error)
    }
  }
}
