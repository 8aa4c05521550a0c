/** The page's requests about studies. */

import { client, request } from './client'
import { findRows } from './runs-table'
import type { Study, StudyCheck, StudyRead, StudyRequest, TrialRow } from './study-types'
import type { LiveRow, Metrics } from './types'

const studyPath = (id: string) => ({ path: { study_id: id } })

/** What becomes of runs in training when a study is stopped; queued ones end in each case. */
export type StopMode = 'wait' | 'finish' | 'kill'

export interface StudyPage {
  items: StudyRead[]
  next_cursor: string | null
  total: number
}

export const findStudies = async (query: { limit?: number; cursor?: string }): Promise<StudyPage> =>
  (await request(client.GET('/api/studies', { params: { query } }))) as StudyPage

export const readStudy = async (id: string): Promise<Study> =>
  (await request(client.GET('/api/studies/{study_id}', { params: studyPath(id) }))) as Study

/** The draft may still be invalid, which the generated type does not allow. */
export const createStudy = async (body: StudyRequest): Promise<Study> => (await request(client.POST('/api/studies', { body: body as never }))) as Study

export const checkStudy = (body: StudyRequest): Promise<StudyCheck> => request(client.POST('/api/studies/check', { body: body as never }))
export const stopStudy = async (id: string, mode: StopMode): Promise<Study> =>
  (await request(client.POST('/api/studies/{study_id}/stop', { params: studyPath(id), body: { mode } }))) as Study

export const extendStudy = async (id: string, runs: number): Promise<Study> =>
  (await request(client.POST('/api/studies/{study_id}/extend', { params: studyPath(id), body: { runs } }))) as Study

export async function deleteStudy(id: string): Promise<void> {
  await request(client.DELETE('/api/studies/{study_id}', { params: studyPath(id) }))
}

const PAGE_SIZE = 200

/** Reads all runs of a study, in pages. */
export async function readTrials(id: string): Promise<TrialRow[]> {
  const rows: TrialRow[] = []
  const params = new URLSearchParams({ study: id, sort: 'created_at', limit: String(PAGE_SIZE), columns: OBJECTIVES.join(',') })
  do {
    const page = await findRows(params)
    rows.push(...page.items.map(trialRow))
    params.set('cursor', page.next_cursor ?? '')
  } while (params.get('cursor'))
  return rows
}

/** The metrics that a study may have as its objective. */
const METRICS = ['loss', 'accuracy', 'val_loss', 'val_accuracy', 'val_macro_f1']
const OBJECTIVES = ['best', 'last'].flatMap((part) => METRICS.map((name) => `${part}.${name}`))

function trialRow(row: LiveRow): TrialRow {
  const metrics = (part: string): Metrics => Object.fromEntries(METRICS.map((name) => [name, row.fields[`${part}.${name}`] as number | null]))
  return { ...row, metrics: metrics('last'), best: row.best && { ...row.best, metrics: metrics('best') } }
}
