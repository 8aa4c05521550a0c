/** A view of the table: search, filters, groups, order and columns, all of them in the page's address. */

import type { RunField, Status } from '../../api/types'
import { conditionText, parseCondition, type Condition } from './conditions'
import { isMetric } from '../../runs/run-fields'
import { CURVE, DEFAULT_PATHS, NEWEST_FIRST } from './default-view'

export interface Column {
  path: string
  /** In pixels; null for the usual width. */
  width: number | null
}

export interface View {
  q: string
  conditions: Condition[]
  groups: string[]
  sort: string
  columns: Column[]
}

export const MAX_GROUPS = 3
export const DEFAULT_COLUMNS: Column[] = DEFAULT_PATHS.map((path) => ({ path, width: null }))

/** Fields whose equality is a parameter of its own in the address, as in the API. `status` may be repeated. */
const PARAMETERS = ['status', 'dataset', 'model', 'tag', 'study'] as const
/** Names in addresses of earlier versions of the page. */
const STATUS_GROUPS: Record<string, Status[]> = { training: ['preparing', 'running', 'stopping'], waiting: ['queued'] }

export function parseView(params: URLSearchParams): View {
  const named = PARAMETERS.flatMap((path) =>
    params.getAll(path).flatMap((value) => STATUS_GROUPS[value] ?? [value]).map((value): Condition => ({ path, operator: '=', value })),
  )
  const others = params.getAll('where').map(parseCondition).filter((condition) => condition !== null)
  return {
    q: params.get('q') ?? '',
    conditions: [...named, ...others],
    groups: (params.get('group') ?? '').split(',').filter(Boolean).slice(0, MAX_GROUPS),
    sort: params.get('sort') || NEWEST_FIRST,
    columns: parseColumns(params.get('columns')),
  }
}

function parseColumns(text: string | null): Column[] {
  if (!text) return DEFAULT_COLUMNS
  const columns = text.split(',').filter(Boolean).map(parseColumn)
  return columns.filter(({ path }, at) => columns.findIndex((other) => other.path === path) === at)
}

function parseColumn(text: string): Column {
  const [path = '', width] = text.split(':')
  const pixels = Math.round(Number(width))
  return { path, width: pixels > 0 ? pixels : null }
}

const columnsText = (columns: Column[]): string => columns.map(({ path, width }) => (width ? `${path}:${width}` : path)).join(',')

/** The address of a view after `?`; what is as usual is left out. */
export function viewQuery(view: View): string {
  const params = filterParams(view)
  if (view.groups.length) params.set('group', view.groups.join(','))
  if (view.sort !== NEWEST_FIRST) params.set('sort', view.sort)
  const columns = columnsText(view.columns)
  if (columns !== columnsText(DEFAULT_COLUMNS)) params.set('columns', columns)
  return params.toString()
}

/** Which rows a view has and in which order: its address without the columns. */
export const viewOrder = (view: View): string => viewQuery({ ...view, columns: DEFAULT_COLUMNS })

/** The search and the filters, in the parameters that the list, the comparison and the export share. */
export function filterParams({ q, conditions }: Pick<View, 'q' | 'conditions'>): URLSearchParams {
  const params = new URLSearchParams()
  if (q) params.set('q', q)
  for (const condition of conditions) {
    if (isParameter(condition)) params.append(condition.path, condition.value)
    else params.append('where', conditionText(condition))
  }
  return params
}

const isParameter = ({ path, operator }: Condition): boolean =>
  operator === '=' && (PARAMETERS as readonly string[]).includes(path)

export const hasFilters = (view: View): boolean => view.q !== '' || view.conditions.length > 0

/** Paths that the view names and no stored run has. */
export function missingFields(view: View, fields: RunField[]): string[] {
  const known = new Set([...fields.map(({ path }) => path), ...PARAMETERS, ...DEFAULT_PATHS, 'name'])
  const named = [...view.columns.map(({ path }) => path), ...view.conditions.map(({ path }) => path), ...view.groups, view.sort.replace(/^-/, '')]
  return [...new Set(named.filter((path) => !known.has(path)))]
}

/** The view without columns, filters, groups and order by the fields at `paths`. */
export function withoutFields(view: View, paths: string[]): View {
  const stays = (path: string): boolean => !paths.includes(path)
  return {
    q: view.q,
    conditions: view.conditions.filter(({ path }) => stays(path)),
    groups: view.groups.filter(stays),
    sort: stays(view.sort.replace(/^-/, '')) ? view.sort : NEWEST_FIRST,
    columns: view.columns.filter(({ path }) => stays(path)),
  }
}

/** Numbers and times sort from the highest, text from A; the same column again reverses the order. */
export function nextSort(current: string, path: string, isText: boolean): string {
  const first = isText ? path : `-${path}`
  if (current !== first) return first
  return isText ? `-${path}` : path
}

/** The columns with the one at `from` moved to `to`. */
export function moved(columns: Column[], from: number, to: number): Column[] {
  const column = columns[from]
  if (!column || to < 0 || to >= columns.length) return columns
  const rest = columns.toSpliced(from, 1)
  return rest.toSpliced(to, 0, column)
}

/** The columns and the order of an export; a curve is no column of a file. */
export function exportParams({ columns, sort }: View): URLSearchParams {
  const paths = columns.map(({ path }) => path).filter((path) => path !== CURVE)
  return new URLSearchParams({ columns: ['name', ...paths].join(','), sort })
}

/** The column that stands out, and that a card shows: a metric that is sorted by, or the first one. */
export function mainPath({ columns, sort }: View): string {
  const metrics = columns.map(({ path }) => path).filter(isMetric)
  return metrics.find((path) => path === sort.replace(/^-/, '')) ?? metrics[0] ?? ''
}
