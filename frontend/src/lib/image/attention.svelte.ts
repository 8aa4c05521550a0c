/** Where the network looks: the map of the chosen class and method. An answer that a later choice has overtaken is dropped. */

import { Problem, errorMessage } from '../api/problem'
import { readAttention, type Method, type SamplePlace } from '../api/samples'
import type { Attention } from '../api/types'

export class AttentionView {
  map = $state.raw<Attention | null>(null)
  failure = $state('')
  /** True once the network turned out to have no convolution: what the server said is in `failure`. */
  isRefused = $state(false)
  #latest = 0

  async read(place: SamplePlace, name: string, method: Method): Promise<void> {
    const request = ++this.#latest
    try {
      const map = await readAttention(place, name, method)
      if (request === this.#latest) [this.map, this.failure, this.isRefused] = [map, '', false]
    } catch (error) {
      if (request === this.#latest) [this.map, this.failure, this.isRefused] = [null, errorMessage(error), error instanceof Problem && error.status === 409]
    }
  }

  clear(): void {
    this.#latest += 1
    ;[this.map, this.failure] = [null, '']
  }
}
