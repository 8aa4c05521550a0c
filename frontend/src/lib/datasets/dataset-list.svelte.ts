/** The list of datasets, read once and then kept current by the server's events. */

import { prepareDataset, readDatasets } from '../api/client'
import { errorMessage } from '../api/problem'
import type { Dataset, DatasetState } from '../api/types'
import { board } from '../live/board.svelte'
import type { RunEvent } from '../live/run-state'

/** True if a dataset came, was deleted while it was prepared, or has another status than here. */
function hasAnotherStatus(datasets: Dataset[], states: Map<string, DatasetState>): boolean {
  const statuses = new Map(datasets.map(({ name, status }) => [name, status]))
  return datasets.some(({ name, status }) => status === 'preparing' && !states.has(name)) || [...states.values()].some(({ name, status }) => statuses.get(name) !== status)
}

export class DatasetList {
  items = $state.raw<Dataset[] | null>(null)
  failure = $state('')
  readonly #unlisten = board.listen((event) => this.handle(event))

  async read(): Promise<void> {
    try {
      this.items = (await readDatasets()).items
      this.failure = ''
    } catch (error) {
      this.failure = errorMessage(error)
    }
  }

  async prepare(name: string): Promise<void> {
    try {
      await prepareDataset(name)
      await this.read()
    } catch (error) {
      this.failure = errorMessage(error)
    }
  }

  /** The event has all datasets that are being prepared, and what has changed. More than progress is read from the list. */
  handle(event: RunEvent): void {
    if (event.kind !== 'datasets' || this.items === null) return
    const states = new Map((event.data.items as DatasetState[]).map((state) => [state.name, state]))
    if (hasAnotherStatus(this.items, states)) void this.read()
    else this.items = this.items.map((dataset) => ({ ...dataset, ...states.get(dataset.name) }))
  }

  stop(): void {
    this.#unlisten()
  }
}
