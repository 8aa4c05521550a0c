/** What a worker found by comparing a dataset's images: read again until the comparison is done, then page by page. */
import { errorMessage } from '../api/problem'

const POLL_MS = 2_000

interface Page {
  status: string
  total: number
  items: unknown[]
  next_cursor?: string | null
}

export class ComparedImages<Answer extends Page> {
  answer = $state.raw<Answer | null>(null)
  failure = $state('')
  #timer: ReturnType<typeof setTimeout> | undefined
  #isStopped = false

  constructor(
    private readonly read: (cursor?: string) => Promise<Answer>,
    private readonly found: (total: number) => void,
  ) {}

  async start(): Promise<void> {
    const answer = await this.#ask()
    if (!answer || this.#isStopped) return
    this.answer = answer
    if (answer.status === 'computing') this.#timer = setTimeout(() => void this.start(), POLL_MS)
    else this.found(answer.total)
  }

  async readMore(): Promise<void> {
    if (!this.answer?.next_cursor) return
    const next = await this.#ask(this.answer.next_cursor)
    if (next) this.answer = { ...next, items: [...this.answer.items, ...next.items] }
  }

  stop(): void {
    this.#isStopped = true
    clearTimeout(this.#timer)
  }

  async #ask(cursor?: string): Promise<Answer | null> {
    try {
      const answer = await this.read(cursor)
      this.failure = ''
      return answer
    } catch (error) {
      this.failure = errorMessage(error)
      return null
    }
  }
}
