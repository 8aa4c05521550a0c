/** Types of studies under the names that the page uses. */

import type { paths } from './api.gen'
import type { Json, Run, Schemas, Spec } from './types'

export type StudyKind = paths['/api/studies']['post']['requestBody']['content']['application/json']['kind']
/** A range to draw from, or values to choose from. */
export type Range = { low: number; high: number; log?: boolean | null; step?: number | null }
export type Space = Record<string, Json[] | Range>

/** Mean, sample standard deviation and number of the runs with the same `values`. */
export type Summary = Schemas['PointSummary']
export type BestTrial = Schemas['BestTrial']
export type Rung = Schemas['LadderRung']
export type LearningCurve = Schemas['LearningCurveRead']
export type PairedTest = Schemas['PairedRead']
export type StudyCheck = Schemas['StudyCheck']

/** A study in the list. */
export type StudyRead = Omit<Schemas['StudyRead'], 'kind'> & { kind: StudyKind }

/** A study on its page. */
export type Study = Omit<Schemas['StudyDetail'], 'kind' | 'space'> & { kind: StudyKind; space: Space | null }

/** The body of POST /api/studies; the draft's part of it may still be invalid. */
export interface StudyRequest {
  kind: StudyKind
  name?: string
  spec?: Spec
  recipe?: string
  [option: string]: unknown
}

/** A run of a study, as a row of the list of runs. */
export type TrialRow = Pick<Run, 'id' | 'name' | 'status' | 'ended_by' | 'epoch' | 'epochs' | 'trial' | 'pruned_epoch' | 'spark' | 'started_at' | 'finished_at' | 'best' | 'metrics' | 'study_values'>
