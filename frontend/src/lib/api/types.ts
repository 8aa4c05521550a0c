/** Types of the API under the names that the page uses. All are derived from the OpenAPI document. */

import type { components } from './api.gen'

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json }
/** A generated type with `Json` where it declares `unknown`, the generator's type of any JSON value. */
export type WithJson<T> = unknown extends T ? Json : { [Key in keyof T]: WithJson<T[Key]> }
export type Schemas = WithJson<components['schemas']>
/** A complete spec; its values are read by path (spec/spec.ts). */
export type Spec = { [key: string]: Json }

export type Run = Schemas['RunRead']
/** A run as this browser received it: `received` is the time, in milliseconds of the server's clock. */
export type LiveRun = Run & { received: number }
export type Status = Run['status']
export type Best = Schemas['Best']
export type Metrics = Best['metrics']
export type MetricsTable = Schemas['Series']
export type LogLine = Schemas['LogLine']
export type Split = 'validation' | 'test'
export type StoredSplit = 'train' | 'validation' | 'test'
/** What is known of the mistakes of one epoch; `slices` only where they were requested. */
export interface Mistakes {
  matrix: NonzeroMatrix
  report: Report
  samples: SamplePage
  slices: Slices | null
}
export type Matrix = Schemas['MatrixRead']
export type NonzeroMatrix = Schemas['NonzeroMatrixRead']
export type ConfusedPairs = Schemas['ConfusedPairsRead']
export type Slices = Schemas['SlicesRead']
export type Slice = Slices['items'][number]
export type RunClass = Schemas['ClassRead']
export type Report = Schemas['ReportRead']
export type Sample = Schemas['SampleRead']
export type SamplePage = Schemas['SamplesRead']
export type SampleDetail = Schemas['SampleDetail']
export type Attention = Schemas['AttentionRead']
export type Features = Schemas['FeaturesRead']
export type WhatIf = Schemas['WhatIfRead']
export type Bands = Schemas['Bands']
export type Diagnosis = Schemas['DiagnosisRead']
export type Finding = Schemas['FindingRead']
export type NextRun = Schemas['NextRunRead']
export type Calibration = Schemas['CalibrationRead']
export type CalibrationBin = Schemas['BinRead']
export type Answering = Schemas['AnsweringRead']
export type AnsweringChoice = Schemas['AnsweringChoice']
export type Artifact = Schemas['ArtifactRead']
export type Export = Schemas['ExportRead']
export type Recipe = Schemas['Recipe']
export type Catalog = Schemas['Catalog']
export type Choice = Schemas['PartChoice']
export type BackboneChoice = Schemas['BackboneChoice']
export type Option = Schemas['Option']
export type LayerChoice = Schemas['LayerChoice']
export type Argument = Schemas['Argument']
export type SpecCheck = Schemas['SpecCheck']
export type ModelFix = Schemas['ModelFix']
export type ModelRead = Schemas['ModelRead']
export type LearningRateRange = Schemas['LearningRateRange']
export type Layer = Schemas['LayerRead']
/** The limits of one field of a spec, with optional parts where the API has defaults. */
export type Limit = Omit<Schemas['Limits'], 'help' | 'nullable' | 'items' | 'takes_one'> & {
  help?: string
  takes_one?: boolean
  nullable?: boolean
  items?: Limit | null
}
export type Dataset = Schemas['DatasetRead']
export type DatasetState = Schemas['DatasetState']
export type Suspect = Schemas['Suspect']
export type Suspects = Schemas['Suspects']
export type LabelDecision = Schemas['LabelDecisionRead']
export type LabelDecisionRequest = Schemas['LabelDecisionCreate']
export type Corrections = Schemas['Corrections']
export type CorrectedScore = Schemas['CorrectedScore']
/** The body of a request for a version; what is left out of it has its default. */
export type VersionRequest = Partial<Schemas['Derivation']>
export type Duplicates = Schemas['Duplicates']
export type Duplicate = Schemas['Duplicate']
export type LabelledImage = Schemas['LabelledImage']
export type Outliers = Schemas['Outliers']
export type Quiz = Schemas['QuizRead']
export type QuizResult = Schemas['QuizResult']
export type ImagePage = Schemas['ImagesRead']
export type Look = Omit<Schemas['KeptLook'], 'originals'> & { originals: number[][] | null }
export type ClassLook = Schemas['ClassLook']
export type Part = Schemas['Part']
export type TableRead = Schemas['TableRead']
export type UploadNotice = Schemas['UploadNotice']
export type UploadChoice = Schemas['UploadChoice']
export type Progress = Schemas['DatasetProgress']
export type Worker = Schemas['WorkerRead']
export type Slot = Schemas['Slot']
export type Prediction = Schemas['Prediction']
export type Comparison = Schemas['Comparison']
export type ComparedRun = Schemas['ComparedRun']
export type Pair = Schemas['Pair']
export type Curves = Schemas['Curves']
export type ChangedPage = Schemas['ComparedSamples']
export type Lineage = Schemas['Lineage']
export type Decision = Schemas['DecisionRead']
export type Bets = Schemas['Bets']
export type Bet = Schemas['Bet']
export type RunGroup = Schemas['RunGroup']
export type GroupTest = Schemas['GroupTest']
export type RunField = Schemas['FieldRead']

/** What a run and a row of the table have in common. Of a row's best epoch the other metrics are columns. */
export type RunState = Pick<Run, Exclude<keyof Run & keyof Schemas['RunRow'], 'best' | 'error'> | 'metrics' | 'test' | 'epoch_at'> & {
  best: Schemas['RowBest'] | null
  error: Schemas['RowError'] | null
}
/** A row of the table, with the values of the requested fields. */
export type Row = RunState & { fields: { [path: string]: Json } }
export type LiveRow = Row & { received: number }
export type SavedView = Schemas['ViewRead']
