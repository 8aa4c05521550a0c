/** The time of the server's clock, which may differ from this machine's. Ticks every second. */

class Clock {
  /** Milliseconds since 1970. */
  now = $state(Date.now())
  #offset = 0

  constructor() {
    setInterval(() => this.tick(), 1000)
  }

  tick(): void {
    this.now = Date.now() + this.#offset
  }

  /** Sets the offset from a response's Date header. It has whole seconds, so differences below 2 s are ignored. */
  adjust(date: string | null): void {
    const offset = date ? Date.parse(date) - Date.now() : NaN
    if (Math.abs(offset - this.#offset) > 2000) {
      this.#offset = offset
      this.tick()
    }
  }

  /** Returns the current time in milliseconds. */
  read(): number {
    return Date.now() + this.#offset
  }
}

export const clock = new Clock()
