/** The rows of the list of runs: read by page, moved by events. */

import { findRuns, type RunQuery } from './api'
import { said } from './problem'
import { advance, type LiveRun, type RunEvent } from './runs'
import type { Status } from './types'

export const GROUPS: { name: string; title: string; statuses: Status[] }[] = [
  { name: '', title: 'All', statuses: [] },
  { name: 'training', title: 'Training', statuses: ['preparing', 'running', 'stopping'] },
  { name: 'waiting', title: 'Waiting', statuses: ['queued'] },
  { name: 'finished', title: 'Finished', statuses: ['finished'] },
  { name: 'stopped', title: 'Stopped', statuses: ['stopped'] },
  { name: 'failed', title: 'Failed', statuses: ['failed'] },
]

const PAGE = 50
const MOST = 200

export interface Filter {
  group: string
  q: string
  sort: string
}

export class Rows {
  runs = $state.raw<LiveRun[] | null>(null)
  counts = $state.raw<Record<string, number>>({})
  next = $state<string | null>(null)
  failure = $state('')
  #reading = 0

  /** Everything that is shown, anew. An answer that was overtaken by a newer question is dropped. */
  async read(filter: Filter): Promise<void> {
    const turn = ++this.#reading
    const limit = Math.min(Math.max(this.runs?.length ?? 0, PAGE), MOST)
    try {
      const [page, counts] = await Promise.all([findRuns({ ...query(filter), limit }), readCounts(filter.q)])
      if (turn !== this.#reading) return
      this.runs = page.items
      this.next = page.next_cursor
      this.counts = counts
      this.failure = ''
    } catch (error) {
      this.failure = said(error)
    }
  }

  async more(filter: Filter): Promise<void> {
    const turn = this.#reading
    try {
      const page = await findRuns({ ...query(filter), limit: PAGE, cursor: this.next! })
      if (turn !== this.#reading) return
      this.runs = [...(this.runs ?? []), ...page.items]
      this.next = page.next_cursor
    } catch (error) {
      this.failure = said(error)
    }
  }

  hear(event: RunEvent, now: number): void {
    if (event.kind === 'progress' || event.kind === 'log') return
    this.runs = this.runs?.map((run) => (run.id === event.data.run ? advance(run, event, now) : run)) ?? null
  }
}

function query({ group, q, sort }: Filter): RunQuery {
  const statuses = GROUPS.find((other) => other.name === group)?.statuses ?? []
  return { sort, ...(statuses.length ? { status: statuses } : {}), ...(q ? { q } : {}) }
}

async function readCounts(q: string): Promise<Record<string, number>> {
  const pages = await Promise.all(
    GROUPS.map(({ name }) => findRuns({ ...query({ group: name, q, sort: '-created_at' }), limit: 1 })),
  )
  return Object.fromEntries(GROUPS.map(({ name }, at) => [name, pages[at]!.total]))
}
