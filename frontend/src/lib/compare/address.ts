/** What the address asks to compare: runs by their ids, or all runs that the table's filters match. */

import { plural } from '../text/format'
import type { RunFilter } from '../api/client'

export const MAX_RUNS = 50

export type Request = { kind: 'runs'; ids: string[] } | { kind: 'filters'; filter: RunFilter }

/** Why nothing can be compared, and one change of the address that mends it. */
export interface Refusal {
  title: string
  text: string
  repair: { title: string; ids: string[] } | null
}

/** The filters of the list of runs. Everything else in the address is a choice of this page. */
const FILTERS = ['dataset', 'model', 'tag', 'study', 'owner', 'cloned_from', 'q']
const REPEATED_FILTERS = ['id', 'status', 'where']

export function requestOf(params: URLSearchParams): Request {
  const ids = (params.get('runs') ?? '').split(',').map((id) => id.trim()).filter(Boolean)
  const filter = filterOf(params)
  return ids.length === 0 && Object.keys(filter).length ? { kind: 'filters', filter } : { kind: 'runs', ids }
}

function filterOf(params: URLSearchParams): RunFilter {
  const single = FILTERS.filter((name) => params.has(name)).map((name) => [name, params.get(name)!])
  const repeated = REPEATED_FILTERS.filter((name) => params.has(name)).map((name) => [name, params.getAll(name)])
  return Object.fromEntries([...single, ...repeated]) as RunFilter
}

/** The query of the first `limit` rows that match. */
export const filterParams = (filter: RunFilter, limit: number): URLSearchParams =>
  new URLSearchParams(Object.entries({ ...filter, limit }).flatMap(([name, value]) => [value].flat().map((item) => [name, String(item)])))

/** "dataset digits, epochs>=5, all but 2 runs" */
export function filterText({ id = [], where = [], ...filter }: RunFilter): string {
  const chosen = id.length ? [`${plural(id.length, 'run')} chosen in the table`] : []
  const others = Object.entries(filter).map(([name, value]) => `${name} ${String(value)}`)
  return [...chosen, ...others, ...where.filter((condition) => !isOfAnId(condition)), ...leftOutText(where.filter(isOfAnId))].join(', ')
}

/** Ids say nothing to a reader. `id!=null`, which all runs match, is the address of a comparison without a filter. */
const isOfAnId = (condition: string): boolean => condition.startsWith('id!=')

function leftOutText(conditions: string[]): string[] {
  const leftOut = conditions.filter((condition) => condition !== 'id!=null')
  if (leftOut.length) return [`all but ${plural(leftOut.length, 'run')}`]
  return conditions.length ? ['all runs'] : []
}

/** Returns null for a request that the server can answer. */
export function refusalOf(request: Request): Refusal | null {
  if (request.kind === 'filters') return null
  const { ids } = request
  const distinct = [...new Set(ids)]
  if (ids.length === 0) return { title: 'No runs to compare', text: 'Tick two or more runs in the table and press Compare.', repair: null }
  if (distinct.length < ids.length) return repeated(ids, distinct)
  if (ids.length === 1) return { title: 'One run alone', text: 'A comparison needs at least two runs. Add a second one.', repair: null }
  return ids.length > MAX_RUNS ? tooMany(ids) : null
}

function repeated(ids: string[], distinct: string[]): Refusal {
  const surplus = ids.length - distinct.length
  return {
    title: 'The same run twice',
    text: `The address names ${plural(ids.length, 'run')}, ${surplus === 1 ? 'one of them' : `${surplus} of them`} repeated. A run can be compared with other runs only.`,
    repair: { title: 'Remove the repeats', ids: distinct },
  }
}

function tooMany(ids: string[]): Refusal {
  return {
    title: 'Too many runs',
    text: `${ids.length} runs are named, and 2 to ${MAX_RUNS} can be compared one by one. Up to 1,000 are compared in groups: filter the table, then press Compare.`,
    repair: { title: `Compare the first ${MAX_RUNS}`, ids: ids.slice(0, MAX_RUNS) },
  }
}

/** The address that compares runs in groups of equal fields `by`. */
export function compareGroupsHref(ids: string[], by: string[]): string {
  const chosen = ids.map((id): [string, string] => ['id', id])
  return `/compare?${new URLSearchParams([...chosen, ['by', by.join(',')]])}`
}

export const compareHref = (ids: string[]): string => `/compare?runs=${ids.map(encodeURIComponent).join(',')}`
