/** Requests of the table of runs: rows, groups, fields, bulk changes and saved views. */

import type { components } from './api.gen'
import { clock } from './clock.svelte'
import { client, request } from './client'
import type { LiveRow, Row, RunGroup, SavedView } from './types'

export interface Page<Item> {
  items: Item[]
  next_cursor: string | null
  total: number
}

/** The generated types want one type per parameter; a query string has only texts. */
const queryOf = (params: URLSearchParams): { query: never } => ({
  query: Object.fromEntries([...new Set(params.keys())].map((name) => [name, params.getAll(name)])) as never,
})

/** What a row leaves out where its run does not have it, and what the events of a run bring. */
const ABSENT = {
  ended_by: null,
  error: null,
  trial: null,
  study_values: null,
  pruned_epoch: null,
  validation_images: null,
  test_images: null,
  seconds_per_epoch: null,
  stalled_since: null,
  lost_contact: false,
  silent: false,
  metrics: null,
  test: null,
  epoch_at: null,
} satisfies Partial<Row>

/** Reads a page of rows. `params` has the list's filters, `columns`, `sort`, `limit` and `cursor`. */
export async function findRows(params: URLSearchParams): Promise<Page<LiveRow>> {
  const query = new URLSearchParams([['view', 'row'], ...params])
  const page = (await request(client.GET('/api/runs', { params: queryOf(query) }))) as Page<Partial<Row>>
  const received = clock.read()
  return { ...page, items: page.items.map((row) => ({ ...ABSENT, ...row, received }) as LiveRow) }
}

/** Reads a page of groups. `params` has the list's filters, `by`, `columns`, `limit` and `cursor`. */
export const findGroups = async (params: URLSearchParams): Promise<Page<RunGroup>> =>
  (await request(client.GET('/api/runs/groups', { params: queryOf(params) }))) as Page<RunGroup>

export type BulkAction = { do: 'stop'; mode: 'finish' | 'kill' } | { do: 'delete' } | { do: 'tag' | 'untag'; tag: string }
/** The runs of a bulk change: by id, or all that match the list's filters except some. `expected`: how many runs that has to leave. */
export type BulkTarget = { ids: string[] } | { query: Record<string, string | string[]>; without: string[]; expected?: number }
export type BulkAnswer = components['schemas']['BulkRead']

export const changeRuns = (target: BulkTarget, action: BulkAction): Promise<BulkAnswer> =>
  request(client.POST('/api/runs/bulk', { body: { ...target, ...action } as components['schemas']['BulkRequest'] }))

export const readViews = async (): Promise<SavedView[]> => (await request(client.GET('/api/views'))).items

export const createView = (body: { name: string; query: string }): Promise<SavedView> => request(client.POST('/api/views', { body }))

const viewPath = (id: string) => ({ path: { view_id: id } })

export const changeView = (id: string, body: { name?: string; query?: string }): Promise<SavedView> =>
  request(client.PATCH('/api/views/{view_id}', { params: viewPath(id), body }))

export async function deleteView(id: string): Promise<void> {
  await request(client.DELETE('/api/views/{view_id}', { params: viewPath(id) }))
}

export const csvHref = (params: URLSearchParams): string => `/api/runs.csv?${params}`
