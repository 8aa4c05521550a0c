/** A comparison of runs by their ids: read once, then kept current by the server's events. */

import { compareRuns, readLineage, readRun, type CompareQuery } from '../api/client'
import { errorMessage, Problem } from '../api/problem'
import type { RunEvent } from '../live/run-state'
import { NO_SELECTION, type Selection } from '../evaluation/sample-selection'
import { equal } from '../spec/equal'
import type { ComparedRun, Comparison, Decision, Lineage } from '../api/types'
import { samplesQuery } from './pair/changed-images'

/** While runs train, what is computed from their predictions is read again this often; after a change of status all is. */
const EPOCH_PAUSE_MS = 60_000
const STATUS_PAUSE_MS = 500

export type CompareChoice = Pick<CompareQuery, 'epoch' | 'split'>

export class RunsComparison {
  readonly ids: string[]
  comparison = $state.raw<Comparison | null>(null)
  /** The part of the difference matrix that the images in `comparison` are of. */
  imagesOf = $state.raw<Selection>(NO_SELECTION)
  lineage = $state.raw<Lineage | null>(null)
  /** Decisions between runs of this comparison. */
  decisions: Decision[] = $derived.by(() => this.lineage?.decisions.filter(({ runs }) => runs.every((id) => this.ids.includes(id))) ?? [])
  /** The ids of runs that no longer exist. */
  missing = $state.raw<string[]>([])
  failure = $state('')
  /** Rises when the curves may have changed. */
  revision = $state(0)
  #choice: CompareChoice = {}
  #chosen: Selection = NO_SELECTION
  #latest = 0
  #readings = 0
  #timer: ReturnType<typeof setTimeout> | undefined
  #due = 0

  constructor(ids: string[]) {
    this.ids = ids
  }

  /** Ends the reading when the page is left. */
  stop(): void {
    clearTimeout(this.#timer)
    this.#latest += 1
    this.#readings += 1
  }

  async read(choice: CompareChoice = this.#choice): Promise<void> {
    this.#choice = choice
    const [reading, isFirst] = [++this.#readings, this.comparison === null]
    if (!(await this.#readComparison()) || reading !== this.#readings) return
    if (!isFirst) this.revision += 1
    await this.readLineage().catch((error: unknown) => this.#fail(error))
  }

  /** Reads the images of a part of the difference matrix. */
  select(chosen: Selection): void {
    if (equal(chosen, this.#chosen)) return
    this.#chosen = chosen
    void this.#readComparison()
  }

  /** Returns whether it was answered, also where a later one is waited for: the rest of a reading follows in any case. */
  async #readComparison(): Promise<boolean> {
    if (this.missing.length) return false // a run that was deleted does not come back
    const [request, chosen] = [++this.#latest, this.#chosen]
    try {
      const comparison = await compareRuns({ ...this.#choice, ...samplesQuery(chosen), runs: this.ids.join(',') })
      if (request !== this.#latest) return true
      this.comparison = comparison
      this.imagesOf = chosen
      this.failure = ''
      return true
    } catch (error) {
      if (request === this.#latest) await this.#fail(error)
      return false
    }
  }

  async readLineage(): Promise<void> {
    this.lineage = await readLineage(this.ids)
  }

  /** A run that was deleted is named; what was read before stays on the page. */
  async #fail(error: unknown): Promise<void> {
    this.failure = errorMessage(error)
    if (!(error instanceof Problem) || error.status !== 404) return
    const exists = await Promise.all(this.ids.map((id) => readRun(id).then(() => true, (reason) => !(reason instanceof Problem && reason.status === 404))))
    this.missing = this.ids.filter((_, at) => !exists[at])
  }

  /** An epoch changes its run's row and curves at once. What is computed from predictions is read again after a pause. */
  handle(event: RunEvent): void {
    if (!this.ids.includes(event.data.run) || !['epoch', 'status', 'reset'].includes(event.kind)) return
    if (event.kind === 'epoch') this.#addEpoch(event.data)
    this.#schedule(event.kind === 'epoch' ? EPOCH_PAUSE_MS : STATUS_PAUSE_MS)
  }

  #addEpoch({ run: id, epoch, metrics, best }: RunEvent['data']): void {
    const runs = this.comparison?.runs.map((run) => (run.id === id ? { ...run, epoch, metrics, best: best ?? run.best } : run))
    if (runs) this.comparison = { ...this.comparison!, runs: runs as ComparedRun[] }
  }

  #schedule(pause: number): void {
    const due = Date.now() + pause
    if (this.#timer !== undefined && this.#due <= due) return
    clearTimeout(this.#timer)
    this.#due = due
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      void (pause === EPOCH_PAUSE_MS ? this.#readComparison() : this.read())
    }, pause)
  }
}
