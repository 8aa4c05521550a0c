/** Where the network looks: the map of the chosen class and method. */

import { Problem, errorMessage } from '../api/problem'
import { readAttention, type Method, type SamplePlace } from '../api/samples'
import type { Attention } from '../api/types'

export class AttentionView {
  map = $state.raw<Attention | null>(null)
  failure = $state('')
  /** True if the network has no convolution: `failure` says so. */
  isRefused = $state(false)

  /** Reads a map. An answer is dropped once the signal is aborted. */
  async read(place: SamplePlace, name: string, method: Method, signal: AbortSignal): Promise<void> {
    try {
      const map = await readAttention(place, name, method, signal)
      if (!signal.aborted) [this.map, this.failure, this.isRefused] = [map, '', false]
    } catch (error) {
      if (!signal.aborted) [this.map, this.failure, this.isRefused] = [null, errorMessage(error), error instanceof Problem && error.status === 409]
    }
  }
}
