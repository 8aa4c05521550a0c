/** The time by the board's clock, which may differ from this machine's; it ticks each second. */

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

  /** Takes the time of an answer's Date header, which has whole seconds: smaller differences are no news. */
  heard(date: string | null): void {
    const offset = date ? Date.parse(date) - Date.now() : NaN
    if (Math.abs(offset - this.#offset) > 2000) {
      this.#offset = offset
      this.tick()
    }
  }

  /** Now, to the millisecond. */
  read(): number {
    return Date.now() + this.#offset
  }
}

export const clock = new Clock()
