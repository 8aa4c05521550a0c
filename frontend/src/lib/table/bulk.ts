/** What a bulk change has done, in a sentence, and selected rows as a file. */

import type { BulkAction, BulkAnswer } from '../api/runs-table'
import type { LiveRow } from '../api/types'
import { csv, type Cell } from '../text/csv'
import { plural } from '../text/format'

const DONE: Record<BulkAction['do'], string> = { stop: 'stopped', delete: 'deleted', tag: 'tagged', untag: 'without the tag now' }
/** Refusals that are quoted one by one. */
const MOST_QUOTED = 3

/** "3 runs deleted. 1 refused. fashion, lr 0.1: …" */
export function bulkText(action: BulkAction, { done, refused }: BulkAnswer, nameOf: (id: string) => string): string {
  const sentences = refused.slice(0, MOST_QUOTED).map(({ id, detail }) => `${nameOf(id)}: ${detail}`)
  const rest = refused.length > MOST_QUOTED ? [`And ${refused.length - MOST_QUOTED} more.`] : []
  const refusals = refused.length ? [`${plural(refused.length, 'run')} refused.`, ...sentences, ...rest] : []
  return [`${plural(done, 'run')} ${DONE[action.do]}.`, ...refusals].join(' ')
}

/** A line with the paths of the columns, then one for each row, its id first: as the server exports all that match. */
export function rowsCsv(rows: LiveRow[], paths: string[]): string {
  const cell = (row: LiveRow, path: string): Cell => {
    const value = path === 'name' ? row.name : (row.fields[path] ?? null)
    return typeof value === 'boolean' || typeof value === 'object' ? (value === null ? null : JSON.stringify(value)) : value
  }
  return csv([['id', ...paths], ...rows.map((row) => [row.id, ...paths.map((path) => cell(row, path))])])
}
