/** Loads the confusion matrix and the report of the chosen epoch and split, and the order of the classes by similarity.
 * While a run trains, its best epoch moves on and is followed at a limited rate: again after twice as long as the run has
 * trained, but after two seconds at least and 30 at most. A chosen epoch is read at once. */

import { readClassOrder, readMatrixWithReport } from '../api/client'
import { errorMessage } from '../api/problem'
import type { NonzeroMatrix, Report } from '../api/types'
import type { Merge } from './class-tree'
import type { EvaluatedEpoch } from './sample-selection'

/** While the best epoch keeps moving on, it is read no more often: matrix, images and slices are three requests. */
const MIN_PAUSE_MS = 2_000
const MAX_PAUSE_MS = 30_000
/** Cells of the matrices that are kept, so that a slider can go back and forth: 200 epochs of 10,000 images. */
const MAX_KEPT_CELLS = 2_000_000

interface Kept {
  matrix: NonzeroMatrix
  report: Report
}

/** The classes by similarity, and the tree that says how similar they are. */
export interface SimilarityOrder {
  order: number[]
  merges: Merge[]
}

export class Evaluation {
  readonly id: string
  matrix = $state.raw<NonzeroMatrix | null>(null)
  report = $state.raw<Report | null>(null)
  /** The last report on the validation split, whichever split is chosen. */
  validation = $state.raw<Report | null>(null)
  /** Null until it is read. It stays that of one epoch, so that classes keep their place through the epochs. */
  similarity = $state.raw<SimilarityOrder | null>(null)
  failure = $state('')
  #kept = new Map<string, Promise<Kept>>()
  #isOrderRequested = false
  #requested: EvaluatedEpoch | null = null
  #isReading = false
  /** The earliest time of the next reading that follows a best epoch. */
  #nextAt = 0
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(id: string) {
    this.id = id
  }

  /** `trainedMs`: for so long has the run trained whose best epoch this is; null for an epoch that stays, or was chosen. */
  request(epoch: number, split: EvaluatedEpoch['split'], trainedMs: number | null): void {
    clearTimeout(this.#timer)
    const read = (): void => {
      this.#nextAt = performance.now() + Math.min(Math.max(2 * (trainedMs ?? 0), MIN_PAUSE_MS), MAX_PAUSE_MS)
      void this.#readNext({ epoch, split })
    }
    const pause = trainedMs === null ? 0 : this.#nextAt - performance.now()
    if (pause > 0) this.#timer = setTimeout(read, pause)
    else read()
  }

  /** Ends the following when the matrix leaves the screen, or the page is left. */
  stop(): void {
    clearTimeout(this.#timer)
  }

  /** Reads an epoch that is likely to be requested next. An error is told when it is. */
  prefetch(epoch: number, split: EvaluatedEpoch['split']): void {
    void this.#get(epoch, split).catch(() => undefined)
  }

  /** Reads the order by similarity of an epoch, once. */
  async requestOrder(epoch: number, split: EvaluatedEpoch['split']): Promise<void> {
    if (this.#isOrderRequested) return
    this.#isOrderRequested = true
    try {
      const { order, merges } = await readClassOrder(this.id, String(epoch), split)
      if (order && merges) this.similarity = { order, merges }
    } catch (error) {
      this.failure = errorMessage(error)
    }
  }

  /** Reads one epoch at a time, then the newest that was requested since. */
  async #readNext(evaluated: EvaluatedEpoch): Promise<void> {
    this.#requested = evaluated
    if (this.#isReading) return
    this.#isReading = true
    while (this.#requested !== null) {
      const requested: EvaluatedEpoch = this.#requested
      await this.#read(requested)
      if (this.#requested === requested) this.#requested = null
    }
    this.#isReading = false
  }

  async #read({ epoch, split }: EvaluatedEpoch): Promise<void> {
    try {
      const { matrix, report } = await this.#get(epoch, split)
      this.matrix = matrix
      this.report = report
      if (split === 'validation') this.validation = report
      this.failure = ''
    } catch (error) {
      this.failure = errorMessage(error)
    }
  }

  #get(epoch: number, split: EvaluatedEpoch['split']): Promise<Kept> {
    const key = `${epoch} ${split}`
    const kept = this.#kept.get(key) ?? this.#fetch(epoch, split)
    if (this.#kept.size * (this.matrix?.rows.length ?? 0) >= MAX_KEPT_CELLS) this.#kept.clear()
    this.#kept.set(key, kept)
    return kept
  }

  async #fetch(epoch: number, split: EvaluatedEpoch['split']): Promise<Kept> {
    try {
      return await readMatrixWithReport(this.id, String(epoch), split)
    } catch (error) {
      this.#kept.delete(`${epoch} ${split}`)
      throw error
    }
  }
}
