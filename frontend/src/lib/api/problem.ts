/** The server's error responses as an Error with a sentence that the page shows. */

/** An error of one field of the request: `loc` is the path to the field. */
export interface FieldError {
  loc: (string | number)[]
  msg: string
}

/** An RFC 9457 problem document. */
export interface ProblemDocument {
  title?: string
  detail?: string
  status?: number
  errors?: FieldError[]
}

export class Problem extends Error {
  readonly status: number
  readonly errors: FieldError[]

  /** `status` is 0 when there was no response. */
  constructor(status: number, document: ProblemDocument) {
    super(sentence(status, document))
    this.name = 'Problem'
    this.status = status
    this.errors = document.errors ?? []
  }
}

export const unreachable = (): Problem =>
  new Problem(0, { detail: 'The server does not respond. Is it still running? The page keeps trying to reconnect.' })

function sentence(status: number, { detail, title }: ProblemDocument): string {
  if (detail) return detail
  if (title) return /[.!?]$/.test(title) ? title : `${title}.`
  return `The server responded with status ${status} and no explanation.`
}

/** Returns the message of any thrown value. */
export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
