/** Pictures on their way through a run's best model, one after the other, and what it said of each. */

import { predict } from './api'
import type { Attempt } from './attempts'
import { tooLarge, type Gathered, type Picture } from './pictures'
import { Problem, said } from './problem'

/** What is wrong with one picture; whatever else is wrong would be so with the next one, too. */
const OF_THE_PICTURE = [413, 422]

export class Trying {
  readonly id: string
  attempts = $state.raw<Attempt[]>([])
  left = $state.raw<string[]>([])
  isBusy = $state(false)
  /** Rises with each drop: pasted pictures all have the same name. */
  drops = $state(0)
  /** Why it ended before its end. */
  failure = $state('')
  #pictures: Picture[] = []
  #abort = new AbortController()

  constructor(id: string) {
    this.id = id
  }

  get done(): number {
    return this.attempts.filter(({ answer, error }) => answer !== null || error !== null).length
  }

  /** Begins anew with what was dropped or chosen. */
  take({ pictures, left }: Gathered): void {
    this.stop()
    this.drops += 1
    this.#pictures = pictures
    this.attempts = pictures.map(({ name }) => ({ name, answer: null, error: null }))
    this.left = left
    void this.goOn()
  }

  stop(): void {
    this.#abort.abort()
    this.isBusy = false
  }

  /** Asks about those that have no answer yet. */
  async goOn(): Promise<void> {
    this.#abort.abort()
    const { signal } = (this.#abort = new AbortController())
    this.failure = ''
    this.isBusy = true
    for (let at = 0; at < this.#pictures.length && !signal.aborted; at += 1) {
      const { answer, error } = this.attempts[at]!
      if (answer === null && error === null) await this.#ask(at, signal)
    }
    if (!signal.aborted) this.isBusy = false
  }

  blob(at: number): Promise<Blob> {
    return this.#pictures[at]!.open()
  }

  async #ask(at: number, signal: AbortSignal): Promise<void> {
    try {
      const picture = await this.#opened(at)
      const answer = await predict(this.id, picture, signal)
      if (!signal.aborted) this.#note(at, { answer })
    } catch (error) {
      if (signal.aborted) return
      if (error instanceof Problem && !OF_THE_PICTURE.includes(error.status)) this.#give(error)
      else this.#note(at, { error: said(error) })
    }
  }

  async #opened(at: number): Promise<Blob> {
    const { size, open } = this.#pictures[at]!
    const early = tooLarge(size)
    const picture = early ? null : await open()
    const wrong = early || tooLarge(picture!.size)
    if (wrong) throw new Error(`This picture can't be used: ${wrong}.`)
    return picture!
  }

  #note(at: number, found: Partial<Attempt>): void {
    this.attempts = this.attempts.with(at, { ...this.attempts[at]!, ...found })
  }

  #give(error: Problem): void {
    this.failure = error.message
    this.stop()
  }
}
