/** The list of datasets, read once and then kept current by the server's events. */

import { prepareDataset, readDatasets } from '../api/client'
import { errorMessage } from '../api/problem'
import type { Dataset, DatasetState } from '../api/types'
import { board } from '../live/board.svelte'
import type { RunEvent } from '../live/run-state'

const namesOf = (datasets: Pick<DatasetState, 'name' | 'status'>[]): string => JSON.stringify(datasets.flatMap(({ name, status }) => (status === 'preparing' ? name : [])).sort())

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

  /** The event has all datasets that are being prepared. If there are others than here, one came, ended or was deleted. */
  handle(event: RunEvent): void {
    if (event.kind !== 'datasets' || this.items === null) return
    const states = event.data.items as DatasetState[]
    if (namesOf(states) !== namesOf(this.items)) void this.read()
    else this.items = this.items.map((dataset) => ({ ...dataset, ...states.find(({ name }) => name === dataset.name) }))
  }

  stop(): void {
    this.#unlisten()
  }
}
