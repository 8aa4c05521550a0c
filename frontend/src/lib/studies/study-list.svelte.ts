/** The list of studies: read in pages, and again shortly after runs have changed. */

import { findStudies } from '../api/studies'
import { errorMessage } from '../api/problem'
import type { StudyRead } from '../api/study-types'

const PAGE_SIZE = 50
/** The server's limit of one page. */
const MAX_PAGE_SIZE = 200

export class StudyList {
  studies = $state.raw<StudyRead[] | null>(null)
  next = $state<string | null>(null)
  failure = $state('')
  #latest = 0

  /** Reads all visible studies again. A late answer of an earlier request is ignored. */
  async read(): Promise<void> {
    const request = ++this.#latest
    const limit = Math.min(Math.max(this.studies?.length ?? 0, PAGE_SIZE), MAX_PAGE_SIZE)
    try {
      const page = await findStudies({ limit })
      if (request !== this.#latest) return
      this.studies = page.items
      this.next = page.next_cursor
      this.failure = ''
    } catch (error) {
      this.failure = errorMessage(error)
    }
  }

  async more(): Promise<void> {
    const request = this.#latest
    try {
      const page = await findStudies({ limit: PAGE_SIZE, cursor: this.next! })
      if (request !== this.#latest) return
      this.studies = [...(this.studies ?? []), ...page.items]
      this.next = page.next_cursor
    } catch (error) {
      this.failure = errorMessage(error)
    }
  }
}
