/** The list of datasets. It is polled while a dataset is being prepared, because preparing a dataset sends no events. */

import { prepareDataset, readDatasets } from '../api/client'
import { errorMessage } from '../api/problem'
import type { Dataset } from '../api/types'

const POLL_MS = 1_000

export class DatasetList {
  items = $state.raw<Dataset[] | null>(null)
  failure = $state('')
  #timer: ReturnType<typeof setTimeout> | undefined
  #isStopped = false

  async read(): Promise<void> {
    clearTimeout(this.#timer)
    try {
      this.items = (await readDatasets()).items
      this.failure = ''
    } catch (error) {
      this.failure = errorMessage(error)
    }
    const isPreparing = this.items?.some((dataset) => dataset.status === 'preparing') ?? true
    if (isPreparing && !this.#isStopped) this.#timer = setTimeout(() => void this.read(), POLL_MS)
  }

  async prepare(name: string): Promise<void> {
    try {
      await prepareDataset(name)
      await this.read()
    } catch (error) {
      this.failure = errorMessage(error)
    }
  }

  stop(): void {
    this.#isStopped = true
    clearTimeout(this.#timer)
  }
}
