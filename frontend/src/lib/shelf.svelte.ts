/** The datasets, read again while one of them is being prepared: fetching one is no run and has no events. */

import { prepareDataset, readDatasets } from './api'
import { said } from './problem'
import type { Dataset } from './types'

const AGAIN_MS = 1_000

export class Shelf {
  items = $state.raw<Dataset[] | null>(null)
  failure = $state('')
  #timer: ReturnType<typeof setTimeout> | undefined
  #isLeft = false

  async read(): Promise<void> {
    clearTimeout(this.#timer)
    try {
      this.items = (await readDatasets()).items
      this.failure = ''
    } catch (error) {
      this.failure = said(error)
    }
    const isMoving = this.items?.some((dataset) => dataset.status === 'preparing') ?? true
    if (isMoving && !this.#isLeft) this.#timer = setTimeout(() => void this.read(), AGAIN_MS)
  }

  async prepare(name: string): Promise<void> {
    try {
      await prepareDataset(name)
      await this.read()
    } catch (error) {
      this.failure = said(error)
    }
  }

  leave(): void {
    this.#isLeft = true
    clearTimeout(this.#timer)
  }
}
