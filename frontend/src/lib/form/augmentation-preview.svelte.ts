/** Loads sixteen augmented images of the draft's dataset after each change; late answers of earlier requests are ignored. */

import { previewSpec } from '../api/client'
import { errorMessage, Problem } from '../api/problem'
import type { Spec } from '../api/types'

/** Pause after the last change before the request is sent. */
const DEBOUNCE_MS = 350
/** A helper that is still starting answers 503; the request is repeated after this time. */
const RETRY_MS = 1_500
const SERVICE_UNAVAILABLE = 503

export class PreviewLoader {
  images = $state.raw<string[] | null>(null)
  isWaiting = $state(true)
  failure = $state('')
  #timer: ReturnType<typeof setTimeout> | undefined
  #latest = 0

  /** Schedules a request. Null cancels it: the form itself found an error. */
  load(spec: Spec | null): void {
    clearTimeout(this.#timer)
    const request = ++this.#latest
    this.isWaiting = spec !== null
    if (spec !== null) this.#timer = setTimeout(() => void this.#read(spec, request), DEBOUNCE_MS)
  }

  stop(): void {
    this.load(null)
  }

  async #read(spec: Spec, request: number): Promise<void> {
    try {
      const { images } = await previewSpec(spec)
      if (request !== this.#latest) return
      this.images = images
      this.failure = ''
    } catch (error) {
      if (request === this.#latest) this.#fail(error, spec, request)
      return
    }
    this.isWaiting = false
  }

  #fail(error: unknown, spec: Spec, request: number): void {
    this.failure = errorMessage(error)
    const isRetried = error instanceof Problem && error.status === SERVICE_UNAVAILABLE
    if (isRetried) this.#timer = setTimeout(() => void this.#read(spec, request), RETRY_MS)
    this.isWaiting = isRetried
  }
}
