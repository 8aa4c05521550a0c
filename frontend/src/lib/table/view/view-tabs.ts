/** The tabs above the table: views that every board has, and saved ones. */

import type { SavedView } from '../../api/types'
import { parseView, viewQuery } from './view'

export const BUILT_IN = [
  { title: 'All runs', query: '' },
  { title: 'Active', query: 'status=queued&status=preparing&status=running&status=stopping' },
  { title: 'Finished', query: 'status=finished' },
  { title: 'Failed', query: 'status=failed' },
]

/** A query as this page writes it, so that two of the same view are equal. */
export const normalized = (query: string): string => viewQuery(parseView(new URLSearchParams(query)))

export function tabHref({ id, query }: SavedView): string {
  const params = new URLSearchParams(normalized(query))
  params.set('view', id)
  return `/?${params}`
}
