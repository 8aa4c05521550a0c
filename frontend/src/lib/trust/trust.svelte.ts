/** Loads the calibration of a run's best epoch. */

import { readCalibration } from '../api/client'
import { errorMessage } from '../api/problem'
import type { Calibration } from '../api/types'

export class Trust {
  readonly id: string
  calibration = $state.raw<Calibration | null>(null)
  failure = $state('')

  constructor(id: string) {
    this.id = id
  }

  async read(): Promise<void> {
    try {
      this.calibration = await readCalibration(this.id, 'best')
      this.failure = ''
    } catch (error) {
      this.failure = errorMessage(error)
    }
  }
}
