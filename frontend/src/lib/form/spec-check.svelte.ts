/** Checks the draft's spec on the server after each change; late answers of earlier checks are ignored. */

import { checkSpec } from '../api/client'
import { errorMessage, Problem, type FieldError } from '../api/problem'
import type { Spec, SpecCheck } from '../api/types'

/** Pause after the last change before the request is sent. */
const DEBOUNCE_MS = 150

export class SpecChecker {
  /** The last answer that describes a network; it is kept while the next check runs. */
  answer = $state.raw<SpecCheck | null>(null)
  /** The last answer, also that of an impossible network. */
  last = $state.raw<SpecCheck | null>(null)
  warnings = $state.raw<SpecCheck['warnings']>([])
  isStale = $state(true)
  failure = $state('')
  readonly #onErrors: (errors: FieldError[]) => void
  #timer: ReturnType<typeof setTimeout> | undefined
  #latest = 0

  constructor(onErrors: (errors: FieldError[]) => void) {
    this.#onErrors = onErrors
  }

  /** Schedules a check. Null cancels it: the form itself found an error. */
  check(spec: Spec | null): void {
    clearTimeout(this.#timer)
    const request = ++this.#latest
    this.isStale = true
    if (spec !== null) this.#timer = setTimeout(() => void this.#read(spec, request), DEBOUNCE_MS)
  }

  async #read(spec: Spec, request: number): Promise<void> {
    try {
      const answer = await checkSpec(spec)
      if (request === this.#latest) this.#apply(answer)
    } catch (error) {
      if (request === this.#latest) this.#fail(error)
    }
  }

  #apply(answer: SpecCheck): void {
    this.failure = ''
    this.warnings = answer.warnings
    this.last = answer
    if (answer.ok || answer.layers.length) this.answer = answer
    this.isStale = !answer.ok && !answer.layers.length
    this.#onErrors(answer.errors)
  }

  /** A malformed spec is refused with errors by field, too. */
  #fail(error: unknown): void {
    const errors = error instanceof Problem ? error.errors : []
    this.failure = errors.length ? '' : errorMessage(error)
    this.warnings = []
    this.#onErrors(errors)
  }
}
