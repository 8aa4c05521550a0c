/** Checks the draft's study on the server after each change: number of runs, time, errors. Late answers are ignored. */

import { checkStudy } from '../../api/studies'
import { errorMessage, Problem } from '../../api/problem'
import type { StudyCheck, StudyRequest } from '../../api/study-types'
import type { StudyDraft } from './study-draft.svelte'

/** Pause after the last change before the request is sent. */
const DEBOUNCE_MS = 250

export class StudyChecker {
  answer = $state.raw<StudyCheck | null>(null)
  isStale = $state(true)
  failure = $state('')
  readonly #study: StudyDraft
  #timer: ReturnType<typeof setTimeout> | undefined
  #latest = 0

  constructor(study: StudyDraft) {
    this.#study = study
  }

  /** Schedules a check. Null cancels it: one run is drafted, or the form itself found an error. */
  check(body: StudyRequest | null): void {
    clearTimeout(this.#timer)
    const request = ++this.#latest
    this.isStale = true
    this.failure = ''
    if (body !== null) this.#timer = setTimeout(() => void this.#read(body, request), DEBOUNCE_MS)
  }

  async #read(body: StudyRequest, request: number): Promise<void> {
    try {
      const answer = await checkStudy(body)
      if (request !== this.#latest) return
      this.answer = answer
      this.isStale = false
      this.#study.setErrors(answer.errors)
    } catch (error) {
      if (request === this.#latest) this.#fail(error)
    }
  }

  /** A malformed request is refused with errors by field, too. */
  #fail(error: unknown): void {
    const errors = error instanceof Problem ? error.errors : []
    this.failure = errors.length ? '' : errorMessage(error)
    this.#study.setErrors(errors)
  }
}
