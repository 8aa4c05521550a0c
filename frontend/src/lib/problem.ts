/** What the board answers when it says no, as a sentence that can be shown. */

import type { ServerError } from './fields'

/** RFC 9457, as the board sends it. */
export interface ProblemDocument {
  title?: string
  detail?: string
  status?: number
  errors?: ServerError[]
}

export class Problem extends Error {
  readonly status: number
  readonly errors: ServerError[]

  /** `status` 0: no answer came at all. */
  constructor(status: number, document: ProblemDocument) {
    super(sentence(status, document))
    this.name = 'Problem'
    this.status = status
    this.errors = document.errors ?? []
  }
}

export const unreachable = (): Problem =>
  new Problem(0, { detail: 'The board does not answer. Is it still running? This page tries again by itself.' })

function sentence(status: number, { detail, title }: ProblemDocument): string {
  if (detail) return detail
  if (title) return /[.!?]$/.test(title) ? title : `${title}.`
  return `The board answered ${status} and did not say why.`
}

/** Any error as a sentence. */
export function said(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
