/** The list of runs: read in pages, updated by events. */

import { findRuns, type RunQuery } from '../api/client'
import { errorMessage } from '../api/problem'
import { advance, type RunEvent } from '../live/run-state'
import type { LiveRun } from '../api/types'
import type { Status } from '../api/types'

export const STATUS_GROUPS: { name: string; title: string; statuses: Status[] }[] = [
  { name: '', title: 'All', statuses: [] },
  { name: 'training', title: 'Training', statuses: ['preparing', 'running', 'stopping'] },
  { name: 'waiting', title: 'Queued', statuses: ['queued'] },
  { name: 'finished', title: 'Finished', statuses: ['finished'] },
  { name: 'stopped', title: 'Stopped', statuses: ['stopped'] },
  { name: 'failed', title: 'Failed', statuses: ['failed'] },
]

const PAGE_SIZE = 50
/** The server's limit of one page. */
const MAX_PAGE_SIZE = 200

export interface Filter {
  group: string
  q: string
  sort: string
}

export class RunList {
  runs = $state.raw<LiveRun[] | null>(null)
  counts = $state.raw<Record<string, number>>({})
  next = $state<string | null>(null)
  failure = $state('')
  #latest = 0

  /** Reads all visible runs again. A late answer of an earlier request is ignored. */
  async read(filter: Filter): Promise<void> {
    const request = ++this.#latest
    const limit = Math.min(Math.max(this.runs?.length ?? 0, PAGE_SIZE), MAX_PAGE_SIZE)
    try {
      const [page, counts] = await Promise.all([findRuns({ ...query(filter), limit }), readCounts(filter.q)])
      if (request !== this.#latest) return
      this.runs = page.items
      this.next = page.next_cursor
      this.counts = counts
      this.failure = ''
    } catch (error) {
      this.failure = errorMessage(error)
    }
  }

  async more(filter: Filter): Promise<void> {
    const request = this.#latest
    try {
      const page = await findRuns({ ...query(filter), limit: PAGE_SIZE, cursor: this.next! })
      if (request !== this.#latest) return
      this.runs = [...(this.runs ?? []), ...page.items]
      this.next = page.next_cursor
    } catch (error) {
      this.failure = errorMessage(error)
    }
  }

  handle(event: RunEvent, now: number): void {
    if (event.kind === 'progress' || event.kind === 'log') return
    this.runs = this.runs?.map((run) => (run.id === event.data.run ? advance(run, event, now) : run)) ?? null
  }
}

function query({ group, q, sort }: Filter): RunQuery {
  const statuses = STATUS_GROUPS.find((other) => other.name === group)?.statuses ?? []
  return { sort, ...(statuses.length ? { status: statuses } : {}), ...(q ? { q } : {}) }
}

async function readCounts(q: string): Promise<Record<string, number>> {
  const pages = await Promise.all(
    STATUS_GROUPS.map(({ name }) => findRuns({ ...query({ group: name, q, sort: '-created_at' }), limit: 1 })),
  )
  return Object.fromEntries(STATUS_GROUPS.map(({ name }, at) => [name, pages[at]!.total]))
}
