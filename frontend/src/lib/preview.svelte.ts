/** Sixteen augmented images of a spec's dataset, asked for anew after each change; overtaken answers are dropped. */

import { previewSpec } from './api'
import { Problem, said } from './problem'
import type { Spec } from './types'

const PAUSE_MS = 350
/** A worker that is still warming up answers a moment later. */
const AGAIN_MS = 1_500
const BUSY = 503

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
      if (turn === this.#turn) this.#refused(error, spec, turn)
      return
    }
    this.isWaiting = false
  }

  #refused(error: unknown, spec: Spec, turn: number): void {
    this.failure = said(error)
    const isBusy = error instanceof Problem && error.status === BUSY
    if (isBusy) this.#timer = setTimeout(() => void this.#read(spec, turn), AGAIN_MS)
    this.isWaiting = isBusy
  }
}
