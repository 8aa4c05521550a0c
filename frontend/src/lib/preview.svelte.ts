/** Sixteen augmented images of a spec's dataset, asked for anew after each change; overtaken answers are dropped. */

import { previewSpec } from './api'
import { said } from './problem'
import type { Spec } from './types'

const PAUSE_MS = 350

export class Previewer {
  images = $state.raw<string[] | null>(null)
  isWaiting = $state(true)
  failure = $state('')
  #timer: ReturnType<typeof setTimeout> | undefined
  #turn = 0

  /** `spec` null: the form itself finds it wrong. */
  ask(spec: Spec | null): void {
    clearTimeout(this.#timer)
    const turn = ++this.#turn
    this.isWaiting = spec !== null
    if (spec !== null) this.#timer = setTimeout(() => void this.#read(spec, turn), PAUSE_MS)
  }

  leave(): void {
    this.ask(null)
  }

  async #read(spec: Spec, turn: number): Promise<void> {
    try {
      const { images } = await previewSpec(spec)
      if (turn !== this.#turn) return
      this.images = images
      this.failure = ''
    } catch (error) {
      if (turn === this.#turn) this.failure = said(error)
    } finally {
      if (turn === this.#turn) this.isWaiting = false
    }
  }
}
