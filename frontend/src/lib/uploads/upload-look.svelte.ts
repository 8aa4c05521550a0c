/** The look at one kept upload. A change of the options reads it again, and the last look stays until the new one is there. */

import { readLook } from '../api/uploads'
import { Problem, errorMessage } from '../api/problem'
import type { Look } from '../api/types'

export class UploadLook {
  look = $state.raw<Look | null>(null)
  failure = $state('')
  isReading = $state(false)
  /** True where the server does not keep the upload any more. */
  isGone = $state(false)
  #latest = ''

  /** Takes the look that the server returned when the zip was sent. */
  take(look: Look, query: string): void {
    this.#latest = key(look.id, query)
    this.look = look
    this.failure = ''
    this.isGone = false
    this.isReading = false
  }

  async read(id: string, query: string): Promise<void> {
    const current = key(id, query)
    if (current === this.#latest) return
    this.#latest = current
    this.isReading = true
    try {
      const look = await readLook(id, query)
      if (current === this.#latest) this.take(look, query)
    } catch (error) {
      if (current === this.#latest) this.#fail(error)
    } finally {
      if (current === this.#latest) this.isReading = false
    }
  }

  forget(): void {
    this.#latest = ''
    this.look = null
    this.failure = ''
    this.isGone = false
    this.isReading = false
  }

  #fail(error: unknown): void {
    this.failure = errorMessage(error)
    this.isGone = error instanceof Problem && error.status === 404
  }
}

const key = (id: string, query: string): string => `${id}?${query}`
