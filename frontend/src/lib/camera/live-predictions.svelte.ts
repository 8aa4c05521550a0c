/** Predictions of the camera's frames, one after the other: the next frame is the newest one when an answer has come, and those between are dropped. */

import { predict } from '../api/client'
import { errorMessage, Problem } from '../api/problem'
import type { Prediction } from '../api/types'

/** At most 15 frames a second; more would only take processor time from a training. */
const INTERVAL_MS = 66
const RETRY_MS = 2_000
const RATE_MS = 2_000
/** The server is busy, or away. */
const PASSING = [0, 503]

export class LivePredictions {
  prediction = $state.raw<Prediction | null>(null)
  /** Why there is no answer: for now, or where `isStopped`, until it is started again. */
  failure = $state('')
  isStopped = $state(true)
  /** Answers a second. */
  rate = $state(0)
  #id: string
  #top: number
  #abort = new AbortController()
  #answers: number[] = []

  constructor(id: string, top: number) {
    this.#id = id
    this.#top = top
  }

  start(grab: () => Promise<Blob>): void {
    this.stop()
    this.#abort = new AbortController()
    this.failure = ''
    this.isStopped = false
    void this.#run(grab, this.#abort.signal)
  }

  stop(): void {
    this.#abort.abort()
    this.#answers = []
    this.rate = 0
    this.isStopped = true
  }

  async #run(grab: () => Promise<Blob>, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const started = performance.now()
      const waited = await this.#predict(grab, signal)
      await pause(waited ?? INTERVAL_MS - (performance.now() - started))
    }
  }

  /** Returns the milliseconds to wait before the next frame; null after an answer. */
  async #predict(grab: () => Promise<Blob>, signal: AbortSignal): Promise<number | null> {
    try {
      const prediction = await predict(this.#id, await grab(), signal, { top: this.#top, seen: false })
      if (!signal.aborted) this.#answer(prediction)
    } catch (error) {
      if (!signal.aborted) this.#fail(error)
      return RETRY_MS
    }
    return null
  }

  #answer(prediction: Prediction): void {
    const now = performance.now()
    this.#answers = [...this.#answers.filter((time) => now - time < RATE_MS), now]
    const seconds = (now - this.#answers[0]!) / 1000
    this.rate = seconds ? (this.#answers.length - 1) / seconds : 0
    this.prediction = prediction
    this.failure = ''
  }

  #fail(error: unknown): void {
    this.failure = errorMessage(error)
    if (!(error instanceof Problem && PASSING.includes(error.status))) this.stop()
  }
}

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, Math.max(0, milliseconds)))
