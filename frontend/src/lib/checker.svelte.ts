/** The board's look at a spec, asked after each change; answers that were overtaken are dropped. */

import { checkSpec } from './api'
import type { ServerError } from './fields'
import { Problem, said } from './problem'
import type { Spec, SpecCheck } from './types'

const PAUSE_MS = 150

export class Checker {
  /** The last answer that describes a network; it stays while another one is awaited. */
  answer = $state.raw<SpecCheck | null>(null)
  warnings = $state.raw<SpecCheck['warnings']>([])
  isStale = $state(true)
  failure = $state('')
  readonly #tell: (errors: ServerError[]) => void
  #timer: ReturnType<typeof setTimeout> | undefined
  #turn = 0

  constructor(tell: (errors: ServerError[]) => void) {
    this.#tell = tell
  }

  /** Ask about a spec; null, one that the form itself finds wrong, is not asked about. */
  ask(spec: Spec | null): void {
    clearTimeout(this.#timer)
    const turn = ++this.#turn
    this.isStale = true
    if (spec !== null) this.#timer = setTimeout(() => void this.#read(spec, turn), PAUSE_MS)
  }

  async #read(spec: Spec, turn: number): Promise<void> {
    try {
      const answer = await checkSpec(spec)
      if (turn === this.#turn) this.#take(answer)
    } catch (error) {
      if (turn === this.#turn) this.#refused(error)
    }
  }

  #take(answer: SpecCheck): void {
    this.failure = ''
    this.warnings = answer.warnings
    if (answer.ok || answer.layers.length) this.answer = answer
    this.isStale = !answer.ok && !answer.layers.length
    this.#tell(answer.errors)
  }

  /** A malformed spec has its errors by place, too. */
  #refused(error: unknown): void {
    const errors = error instanceof Problem ? error.errors : []
    this.failure = errors.length ? '' : said(error)
    this.warnings = []
    this.#tell(errors)
  }
}
