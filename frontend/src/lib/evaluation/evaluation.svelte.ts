/** Loads what is known of the mistakes of the chosen epoch and split, and the order of the classes by similarity.
 * While a run trains, its best epoch moves on and is followed at a limited rate: again after twice as long as the run has
 * trained, but after two seconds at least and a minute at most. A chosen epoch is read at once. */

import { readClassOrder, readMistakes, type SampleQuery } from '../api/client'
import { errorMessage, Problem } from '../api/problem'
import type { Mistakes, Report, Split } from '../api/types'
import { equal } from '../spec/equal'
import type { Merge } from './matrix/class-tree'
import { withoutSelection } from './sample-selection'

/** While the best epoch keeps moving on, it is read no more often. */
const MIN_PAUSE_MS = 2_000
const MAX_PAUSE_MS = 60_000
/** Cells of the matrices that are kept, so that a slider can go back and forth: 200 epochs of 10,000 images. */
const MAX_KEPT_CELLS = 2_000_000
/** An epoch counts as so many cells at least, because of its images: 200 of them may take 70 MB. */
const MIN_CELLS = 10_000

/** `query` is that of the images. */
export interface DrawnEpoch extends Mistakes {
  query: SampleQuery
}

/** What is read: the images are those that are chosen as it is read, not as it was requested. */
interface Reading {
  queryOf: () => SampleQuery
  /** Whether the epoch is the best one of a run that trains. */
  follows: boolean
}

/** The classes by similarity, and the tree that says how similar they are. */
export interface SimilarityOrder {
  order: number[]
  merges: Merge[]
}

export class Evaluation {
  readonly id: string
  drawn = $state.raw<DrawnEpoch | null>(null)
  /** The last report on the validation split, whichever split is chosen. */
  validation = $state.raw<Report | null>(null)
  /** Null until it is read. It stays that of one epoch, so that classes keep their place through the epochs. */
  similarity = $state.raw<SimilarityOrder | null>(null)
  failure = $state('')
  #kept = new Map<string, Promise<DrawnEpoch>>()
  #isOrderRequested = false
  #requested: Reading | null = null
  #isReading = false
  /** The earliest time of the next reading that follows a best epoch. */
  #nextAt = 0
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(id: string) {
    this.id = id
  }

  /** Reads an epoch with the images that `queryOf` chooses, which is called as they are read. `trainedMs`: for so long has
   * the run trained whose best epoch this is; null for an epoch that stays, or was chosen. */
  request(queryOf: () => SampleQuery, trainedMs: number | null): void {
    clearTimeout(this.#timer)
    const read = (): void => {
      this.#nextAt = performance.now() + Math.min(Math.max(2 * (trainedMs ?? 0), MIN_PAUSE_MS), MAX_PAUSE_MS)
      void this.#readNext({ queryOf, follows: trainedMs !== null })
    }
    const pause = trainedMs === null ? 0 : this.#nextAt - performance.now()
    if (pause > 0) this.#timer = setTimeout(read, pause)
    else read()
  }

  /** As `request`, at once in place of waiting. */
  refresh(queryOf: () => SampleQuery, trainedMs: number | null): void {
    this.#nextAt = 0
    this.request(queryOf, trainedMs)
  }

  /** Ends the following when the matrix leaves the screen, or the page is left. Once it is back, it is read soon: what comes into
   * sight is current. */
  stop(): void {
    clearTimeout(this.#timer)
    this.#nextAt = Math.min(this.#nextAt, performance.now() + MIN_PAUSE_MS)
    this.#requested = null
  }

  /** Reads an epoch that is likely to be requested next. An error is reported only when it is. */
  prefetch(query: SampleQuery): void {
    void this.#get(query, false).catch(() => undefined)
  }

  /** Reads the order by similarity of an epoch, once. */
  async requestOrder(epoch: number, split: Split): Promise<void> {
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
  async #readNext(reading: Reading): Promise<void> {
    this.#requested = reading
    if (this.#isReading) return
    this.#isReading = true
    while (this.#requested !== null) {
      const requested: Reading = this.#requested
      await this.#read(requested.queryOf(), requested.follows)
      if (this.#requested === requested) this.#requested = null
    }
    this.#isReading = false
  }

  /** The first reading has no slices, which take longer and are read after it. */
  async #read(query: SampleQuery, follows: boolean): Promise<void> {
    try {
      this.drawn = await this.#get(query, follows && this.drawn !== null)
      if (query.split === 'validation') this.validation = this.drawn.report
      this.failure = ''
    } catch (error) {
      this.failure = errorMessage(error)
    }
  }

  #get(query: SampleQuery, slices: boolean): Promise<DrawnEpoch> {
    const key = keyOf(query)
    const kept = this.#kept.get(key) ?? this.#fetch(query, slices)
    if (this.#kept.size * Math.max(MIN_CELLS, this.drawn?.matrix.rows.length ?? 0) >= MAX_KEPT_CELLS) this.#kept.clear()
    this.#kept.set(key, kept)
    return kept
  }

  async #fetch(query: SampleQuery, slices: boolean): Promise<DrawnEpoch> {
    try {
      return await this.#readKnown(query, slices)
    } catch (error) {
      this.#kept.delete(keyOf(query))
      throw error
    }
  }

  /** An address may name a class or a slice that this run does not have: then all mistakes are read. */
  async #readKnown(query: SampleQuery, slices: boolean): Promise<DrawnEpoch> {
    try {
      return { ...(await readMistakes(this.id, slices ? { ...query, slices } : query)), query }
    } catch (error) {
      const all = withoutSelection(query)
      if (!(error instanceof Problem && error.status === 422) || equal(all, query)) throw error
      return this.#readKnown(all, slices)
    }
  }
}

const keyOf = ({ epoch, split }: SampleQuery): string => `${epoch} ${split}`
