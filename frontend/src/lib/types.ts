/** The words of the API, by the names that the page uses; all of them are generated from the OpenAPI document. */

import type { components } from './api.gen'

type Schemas = components['schemas']

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json }
/** A complete spec, as it is shown and edited: any path may be asked for. */
export type Spec = { [key: string]: Json }

export type Run = Omit<Schemas['RunRead'], 'spec'> & { spec: Spec }
export type Status = Run['status']
export type Best = Schemas['Best']
export type Metrics = Best['metrics']
export type MetricsTable = Schemas['Series']
export type LogLine = Schemas['LogLine']
export type Split = 'validation' | 'test'
export type Matrix = Schemas['MatrixRead']
export type Report = Schemas['ReportRead']
export type Sample = Schemas['SampleRead']
export type SamplePage = Schemas['SamplesRead']
export type Artifact = Schemas['ArtifactRead']
export type Export = Schemas['ExportRead']
export type Recipe = Omit<Schemas['Recipe'], 'spec'> & { spec: Spec }
export type Catalog = Schemas['Catalog']
export type Choice = Schemas['Choice']
export type SpecCheck = Schemas['SpecCheck']
export type Layer = Schemas['LayerRead']
/** What one field takes; a test or a caller names only what matters. */
export type Limit = Omit<Schemas['Limits'], 'help' | 'nullable' | 'items'> & {
  help?: string
  nullable?: boolean
  items?: Limit | null
}
export type Dataset = Schemas['DatasetRead']
export type ImagePage = Schemas['ImagesRead']
export type Progress = Schemas['DatasetProgress']
export type Worker = Schemas['WorkerRead']
export type Slot = Schemas['Slot']
export type Prediction = Schemas['Prediction']
