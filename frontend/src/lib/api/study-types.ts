/** Types of studies under the names that the page uses. */

import type { components } from './api.gen'
import type { Json, Run, Spec } from './types'

export type StudyKind = 'repeat' | 'grid' | 'random' | 'tpe' | 'learning_curve' | 'ladder'
/** A range to draw from, or values to choose from. */
export type Range = { low: number; high: number; log?: boolean | null; step?: number | null }
export type Space = Record<string, Json[] | Range>

type Schemas = components['schemas']
type Values = Record<string, Json>

/** Mean, sample standard deviation and number of the runs with the same `values`. */
export type Summary = Omit<Schemas['PointSummary'], 'values'> & { values: Values }
export type BestTrial = Omit<Schemas['BestTrial'], 'values'> & { values: Values }

export type Rung = Schemas['LadderRung']
export type LearningCurve = Schemas['LearningCurveRead']
export type PairedTest = Schemas['PairedRead']
export type StudyCheck = Schemas['StudyCheck']

/** A study in the list. */
export type StudyRead = Omit<Schemas['StudyRead'], 'kind' | 'best' | 'summary'> & { kind: StudyKind; best: BestTrial | null; summary: Summary[] }

/** A study on its page. */
export interface Study extends StudyRead, Pick<Schemas['StudyDetail'], 'seeds' | 'extension_step' | 'eta_seconds' | 'ladder' | 'learning_curve' | 'paired'> {
  spec: Spec
  request: Values
  space: Space | null
}

/** The body of POST /api/studies; the draft's part of it may still be invalid. */
export interface StudyRequest {
  kind: StudyKind
  name?: string
  spec?: Spec
  recipe?: string
  [option: string]: unknown
}

/** A run of a study, as a row of the list of runs. */
export type TrialRow = Pick<Run, 'id' | 'name' | 'status' | 'ended_by' | 'epoch' | 'epochs' | 'trial' | 'pruned_epoch' | 'spark' | 'started_at' | 'finished_at' | 'best' | 'metrics'> & {
  study_values: Values | null
}
