/** The best validation accuracy that a run on a dataset has reached, for what to expect of the next one. */

import { findRuns } from '../../api/client'
import { valueAt } from '../../spec/spec'
import type { Spec } from '../../api/types'

export class ReachedAccuracy {
  /** Null where no run on as many images is known. */
  value = $state<number | null>(null)
  #images = ''
  #latest = 0

  /** Reads it anew. What runs on other images reached is forgotten at once. Without an answer nothing is expected of earlier runs. */
  async read(spec: Spec): Promise<void> {
    const request = ++this.#latest
    const images = JSON.stringify(['dataset.name', 'dataset.train_limit'].map((path) => valueAt(spec, path) ?? null))
    if (images !== this.#images) [this.#images, this.value] = [images, null]
    const value = await bestAccuracy(spec).catch(() => null)
    if (request === this.#latest) this.value = value
  }
}

/** Runs on more or fewer of its images are no measure. */
async function bestAccuracy(spec: Spec): Promise<number | null> {
  const where = [`dataset.train_limit=${valueAt(spec, 'dataset.train_limit') ?? 'null'}`]
  const { items } = await findRuns({ dataset: String(valueAt(spec, 'dataset.name')), where, sort: '-best.val_accuracy', limit: 1 })
  return items[0]?.best?.metrics.val_accuracy ?? null
}
