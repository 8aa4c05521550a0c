/** One evaluation of a run: its status, read once and then only while it is computed. */

import { findEvaluations, requestEvaluation, type Evaluation, type EvaluationKind } from '../api/evaluations'
import { errorMessage } from '../api/problem'
import { isComputing } from './evaluation-status'

const POLL_MS = 1000

export class EvaluationJob {
  /** undefined: not read yet; null: never requested. */
  evaluation = $state.raw<Evaluation | null | undefined>(undefined)
  failure = $state('')
  #run: string
  #kind: EvaluationKind
  #timer: ReturnType<typeof setTimeout> | undefined
  #isStopped = false

  constructor(run: string, kind: EvaluationKind) {
    this.#run = run
    this.#kind = kind
  }

  async read(): Promise<void> {
    await this.#update(async () => (await findEvaluations(this.#run)).find(({ kind }) => kind === this.#kind) ?? null)
  }

  async request(): Promise<void> {
    await this.#update(() => requestEvaluation(this.#run, this.#kind))
  }

  stop(): void {
    this.#isStopped = true
    clearTimeout(this.#timer)
  }

  /** While the server can't be reached, the requests go on, too: a job goes on without the page. */
  async #update(read: () => Promise<Evaluation | null>): Promise<void> {
    clearTimeout(this.#timer)
    try {
      this.evaluation = await read()
      this.failure = ''
    } catch (error) {
      this.failure = errorMessage(error)
    }
    if (isComputing(this.evaluation) && !this.#isStopped) this.#timer = setTimeout(() => void this.read(), POLL_MS)
  }
}
