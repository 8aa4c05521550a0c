/** The evaluation `map` of a run, which stores the features that neighbours are found in: requested, and watched until it is ready. */

import { client, request } from '../api/client'
import { errorMessage } from '../api/problem'

const POLL_MS = 1_000

export class FeaturesJob {
  isRunning = $state(false)
  progress = $state(0)
  failure = $state('')
  readonly #params: { path: { run_id: string } }
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(run: string) {
    this.#params = { path: { run_id: run } }
  }

  async start(ready: () => void): Promise<void> {
    try {
      await request(client.POST('/api/runs/{run_id}/evaluations', { params: this.#params, body: { kind: 'map' } }))
      await this.watch(ready)
    } catch (error) {
      this.failure = errorMessage(error)
    }
  }

  /** Looks at the evaluation once a second as long as it is being made, and calls `ready` when it was. */
  async watch(ready: () => void): Promise<void> {
    clearTimeout(this.#timer)
    try {
      const { items } = await request(client.GET('/api/runs/{run_id}/evaluations', { params: this.#params }))
      const map = items.find((evaluation) => evaluation.kind === 'map')
      const wasRunning = this.isRunning
      this.isRunning = map?.status === 'queued' || map?.status === 'running'
      this.progress = map?.progress ?? 0
      this.failure = map?.status === 'failed' ? (map.error ?? '') : ''
      if (this.isRunning) this.#timer = setTimeout(() => void this.watch(ready), POLL_MS)
      else if (wasRunning && map?.status === 'ready') ready()
    } catch (error) {
      this.failure = errorMessage(error)
    }
  }

  stop(): void {
    clearTimeout(this.#timer)
  }
}
