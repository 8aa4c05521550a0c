/** Sends the user's pictures to a run's best model one after the other and collects the predictions. */

import { predict } from '../api/client'
import type { PicturePrediction } from './predictions'
import { sizeError, type CollectedPictures, type Picture } from './picture-files'
import { errorMessage, Problem } from '../api/problem'

/** Statuses that concern one picture only; any other error would repeat for the next picture. */
const PICTURE_ERRORS = [413, 422]

export class PredictionQueue {
  readonly id: string
  predictions = $state.raw<PicturePrediction[]>([])
  /** Files that are no images, and zips that can't be read. */
  skipped = $state.raw<string[]>([])
  isBusy = $state(false)
  /** Rises with each new batch: pasted pictures all have the same name. */
  batches = $state(0)
  /** Why the queue stopped before its end. */
  failure = $state('')
  #pictures: Picture[] = []
  #abort = new AbortController()

  constructor(id: string) {
    this.id = id
  }

  get done(): number {
    return this.predictions.filter(({ answer, error }) => answer !== null || error !== null).length
  }

  /** Replaces the pictures in the queue and starts. */
  start({ pictures, skipped }: CollectedPictures): void {
    this.stop()
    this.batches += 1
    this.#pictures = pictures
    this.predictions = pictures.map(({ name }) => ({ name, answer: null, error: null }))
    this.skipped = skipped
    void this.resume()
  }

  stop(): void {
    this.#abort.abort()
    this.isBusy = false
  }

  /** Sends the pictures that have no answer yet. */
  async resume(): Promise<void> {
    this.#abort.abort()
    const { signal } = (this.#abort = new AbortController())
    this.failure = ''
    this.isBusy = true
    for (let index = 0; index < this.#pictures.length && !signal.aborted; index += 1) {
      const { answer, error } = this.predictions[index]!
      if (answer === null && error === null) await this.#predict(index, signal)
    }
    if (!signal.aborted) this.isBusy = false
  }

  blob(index: number): Promise<Blob> {
    return this.#pictures[index]!.open()
  }

  async #predict(index: number, signal: AbortSignal): Promise<void> {
    try {
      const picture = await this.#open(index)
      const answer = await predict(this.id, picture, signal)
      if (!signal.aborted) this.#update(index, { answer })
    } catch (error) {
      if (signal.aborted) return
      if (error instanceof Problem && !PICTURE_ERRORS.includes(error.status)) this.#fail(error)
      else this.#update(index, { error: errorMessage(error) })
    }
  }

  /** Checks the size before a zip entry is unpacked, and the true size after. */
  async #open(index: number): Promise<Blob> {
    const { size, open } = this.#pictures[index]!
    const declared = sizeError(size)
    const picture = declared ? null : await open()
    const error = declared || sizeError(picture!.size)
    if (error) throw new Error(error)
    return picture!
  }

  #update(index: number, changes: Partial<PicturePrediction>): void {
    this.predictions = this.predictions.with(index, { ...this.predictions[index]!, ...changes })
  }

  #fail(error: Problem): void {
    this.failure = error.message
    this.stop()
  }
}
