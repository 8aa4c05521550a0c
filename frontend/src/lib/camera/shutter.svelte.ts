/** Takes pictures of a class as long as a key or a button is held. */

import { MAX_PICTURES, type Captured, type CapturedClass } from './captured.svelte'
import { grabSquare } from './frames'

const INTERVAL_MS = 100 // ten pictures a second

export class Shutter {
  /** The class that is being taken. */
  held = $state.raw<CapturedClass | null>(null)
  isFull = $derived.by(() => this.#captured.total >= MAX_PICTURES)
  #captured: Captured
  #video: () => HTMLVideoElement | undefined
  #timer: ReturnType<typeof setInterval> | undefined
  #hold = 0
  #lastFrame = -1
  #isGrabbing = false

  constructor(captured: Captured, video: () => HTMLVideoElement | undefined) {
    this.#captured = captured
    this.#video = video
    this.#hold = Math.max(0, ...captured.classes.flatMap(({ pictures }) => pictures.map(({ hold }) => hold)))
  }

  press(target: CapturedClass): void {
    if (this.held || !this.#video()) return
    this.held = target
    this.#hold += 1
    void this.#take()
    this.#timer = setInterval(() => void this.#take(), INTERVAL_MS)
  }

  release(): void {
    clearInterval(this.#timer)
    this.held = null
  }

  /** Takes the current frame, unless it was taken already: a camera may be slower than ten frames a second. */
  async #take(): Promise<void> {
    const [target, video, hold] = [this.held, this.#video(), this.#hold]
    if (!target || !video || this.isFull) return this.release()
    if (this.#isGrabbing || video.currentTime === this.#lastFrame) return
    this.#isGrabbing = true
    this.#lastFrame = video.currentTime
    try {
      this.#captured.add(target, hold, await grabSquare(video))
    } catch {
      this.release() // the video has no frame: the camera was closed
    } finally {
      this.#isGrabbing = false
    }
  }
}
