/** The page's requests to the server; those of studies are in studies.ts. Each returns the response's value or throws a `Problem`. */

import createClient from 'openapi-fetch'
import type { components, paths } from './api.gen'
import { clock } from './clock.svelte'
import { fetchOnce } from './early-reads'
import { Problem, unreachable, type ProblemDocument } from './problem'
import type * as t from './types'
import type { LiveRun } from './types'

export const client = createClient<paths>({ baseUrl: location.origin, fetch: fetchOnce })

type ApiCall<T> = Promise<{ data?: T; error?: unknown; response: Response }>

export async function request<T>(call: ApiCall<T>): Promise<t.WithJson<T>> {
  const answer = await call.catch(() => {
    throw unreachable()
  })
  clock.adjust(answer.response.headers.get('date'))
  if (!answer.response.ok) throw new Problem(answer.response.status, asDocument(answer.error))
  return answer.data as t.WithJson<T>
}

const asDocument = (error: unknown): ProblemDocument => (typeof error === 'object' && error !== null ? error : {})
const runPath = (id: string) => ({ path: { run_id: id } })
const liveRun = (run: t.Run): LiveRun => ({ ...run, received: clock.read() })

export type RunQuery = NonNullable<paths['/api/runs']['get']['parameters']['query']>
export type SampleQuery = NonNullable<paths['/api/runs/{run_id}/samples']['get']['parameters']['query']>
export type MistakesQuery = SampleQuery & { slices?: boolean }
export type RunRequest = Omit<components['schemas']['RunCreate'], 'spec' | 'tags' | 'notes' | 'priority' | 'cloned_from' | 'bet'> & {
  spec?: t.Spec
  tags?: string[]
  notes?: string
  cloned_from?: string
  bet?: number
}
export type RunChange = components['schemas']['RunChange']

export async function findRuns(
  query: RunQuery,
): Promise<{ items: LiveRun[]; next_cursor: string | null; total: number }> {
  const page = await request(client.GET('/api/runs', { params: { query } }))
  const items = page.items as t.Run[] // the type of `view=run`, the default
  return { items: items.map(liveRun), next_cursor: page.next_cursor ?? null, total: page.total }
}

export type GroupQuery = NonNullable<paths['/api/runs/groups']['get']['parameters']['query']>
/** The filters of the list of runs. */
export type RunFilter = Omit<GroupQuery, 'by' | 'columns' | 'limit' | 'cursor'>

export const readGroups = (query: GroupQuery): Promise<{ items: t.RunGroup[]; total: number }> =>
  request(client.GET('/api/runs/groups', { params: { query } }))

/** The test of the best two groups; null where fewer have results. */
export const readGroupTest = async (query: RunFilter & { by: string }): Promise<t.GroupTest | null> =>
  (await request(client.GET('/api/compare/groups', { params: { query } }))) as t.GroupTest | null

/** The fields of the runs that match. */
export const readRunFields = async (query: RunFilter = {}): Promise<t.RunField[]> => (await request(client.GET('/api/runs/fields', { params: { query } }))).items

export async function readRun(id: string): Promise<LiveRun> {
  return liveRun(await request(client.GET('/api/runs/{run_id}', { params: runPath(id) })))
}

/** The idempotency key lets the server recognize a repeated request, so that it creates one run. */
export async function createRun(run: RunRequest): Promise<LiveRun> {
  const params = { header: { 'Idempotency-Key': crypto.randomUUID() } }
  // The draft's spec may still be invalid, which the generated type does not allow.
  const body = run as never
  return liveRun(await request(client.POST('/api/runs', { params, body })))
}

export async function changeRun(id: string, body: RunChange): Promise<LiveRun> {
  return liveRun(await request(client.PATCH('/api/runs/{run_id}', { params: runPath(id), body })))
}

export async function deleteRun(id: string): Promise<void> {
  await request(client.DELETE('/api/runs/{run_id}', { params: runPath(id) }))
}

export async function stopRun(id: string, mode: 'finish' | 'kill'): Promise<LiveRun> {
  return liveRun(await request(client.POST('/api/runs/{run_id}/stop', { params: runPath(id), body: { mode } })))
}

export async function resumeRun(id: string, epochs: number | null): Promise<LiveRun> {
  return liveRun(await request(client.POST('/api/runs/{run_id}/resume', { params: runPath(id), body: { epochs } })))
}

export type PredictionOptions = NonNullable<paths['/api/runs/{run_id}/predict']['post']['parameters']['query']>

/** Sends the picture file unchanged: the server rotates, crops and scales it. */
export const predict = (id: string, picture: Blob, signal: AbortSignal, query: PredictionOptions = {}): Promise<t.Prediction> =>
  request(
    client.POST('/api/runs/{run_id}/predict', {
      params: { ...runPath(id), query },
      body: picture as never,
      bodySerializer: (body: unknown) => body as Blob,
      headers: { 'Content-Type': picture.type || 'application/octet-stream' },
      signal,
    }),
  )

export const readMetrics = (id: string): Promise<t.MetricsTable> =>
  request(client.GET('/api/runs/{run_id}/metrics', { params: { ...runPath(id), query: { max_points: 2000 } } }))

export const readLog = (id: string, after: number): Promise<{ items: t.LogLine[] }> =>
  request(client.GET('/api/runs/{run_id}/log', { params: { ...runPath(id), query: { after, limit: 200 } } }))

export const readMatrix = async (id: string, epoch: string, split: t.Split): Promise<t.Matrix> =>
  (await request(client.GET('/api/runs/{run_id}/confusion-matrix', { params: { ...runPath(id), query: { epoch, split } } }))) as t.Matrix

/** Reads the classes in the order of their similarity, and only the cells that are not 0: 1,000 classes have a million cells. */
export const readClassOrder = async (id: string, epoch: string, split: t.Split): Promise<t.NonzeroMatrix> =>
  (await request(client.GET('/api/runs/{run_id}/confusion-matrix', { params: { ...runPath(id), query: { epoch, split, order: 'similarity', cells: 'nonzero' } } }))) as t.NonzeroMatrix

/** Reads matrix, report, images and slices of one epoch. The client's types turn tuples into lists. */
export const readMistakes = async (id: string, query: MistakesQuery): Promise<t.Mistakes> =>
  (await request(client.GET('/api/runs/{run_id}/mistakes', { params: { ...runPath(id), query } }))) as t.Mistakes

export const findConfusedPairs = (id: string, epoch: string, split: t.Split, limit: number): Promise<t.ConfusedPairs> =>
  request(client.GET('/api/runs/{run_id}/confused-pairs', { params: { ...runPath(id), query: { epoch, split, limit } } }))

export const readRunClass = async (id: string, position: number, epoch: string, split: t.Split): Promise<t.RunClass> =>
  (await request(client.GET('/api/runs/{run_id}/classes/{position}', { params: { path: { run_id: id, position }, query: { epoch, split } } }))) as t.RunClass

export const readSlices = async (id: string, epoch: string, split: t.Split): Promise<t.Slices> =>
  (await request(client.GET('/api/runs/{run_id}/slices', { params: { ...runPath(id), query: { epoch, split } } }))) as t.Slices

export const findSamples = (id: string, query: SampleQuery): Promise<t.SamplePage> =>
  request(client.GET('/api/runs/{run_id}/samples', { params: { ...runPath(id), query } }))

/** The client's types turn tuples into lists. */
export const readCalibration = async (id: string, epoch: string): Promise<t.Calibration> =>
  (await request(client.GET('/api/runs/{run_id}/calibration', { params: { ...runPath(id), query: { epoch } } }))) as t.Calibration

export const readAnswering = (id: string): Promise<t.AnsweringChoice> =>
  request(client.GET('/api/runs/{run_id}/answering', { params: runPath(id) }))

export const chooseAnswering = (id: string, body: t.AnsweringChoice): Promise<t.AnsweringChoice> =>
  request(client.PUT('/api/runs/{run_id}/answering', { params: { path: { run_id: id } }, body }))

export const readDiagnosis = (id: string): Promise<t.Diagnosis> =>
  request(client.GET('/api/runs/{run_id}/diagnosis', { params: runPath(id) }))

export const readArtifacts = (id: string): Promise<{ items: t.Artifact[] }> =>
  request(client.GET('/api/runs/{run_id}/artifacts', { params: runPath(id) }))

export const readExports = async (id: string): Promise<{ items: t.Export[] }> =>
  (await request(client.GET('/api/runs/{run_id}/exports', { params: runPath(id) }))) as { items: t.Export[] }

export const makeExport = async (id: string, kind: t.Export['kind']): Promise<t.Export> =>
  (await request(client.POST('/api/runs/{run_id}/exports/{kind}', { params: { path: { run_id: id, kind } } }))) as t.Export

export type CompareQuery = NonNullable<paths['/api/compare']['get']['parameters']['query']>
export type ChangedQuery = NonNullable<paths['/api/compare/samples']['get']['parameters']['query']>
export type CurvesQuery = NonNullable<paths['/api/compare/curves']['get']['parameters']['query']>
/** The client's types turn tuples into lists. */
export const compareRuns = async (query: CompareQuery): Promise<t.Comparison> =>
  (await request(client.GET('/api/compare', { params: { query } }))) as t.Comparison

export const readCurves = (query: CurvesQuery): Promise<t.Curves> =>
  request(client.GET('/api/compare/curves', { params: { query } }))

export const findChanged = async (query: ChangedQuery): Promise<t.ChangedPage> =>
  (await request(client.GET('/api/compare/samples', { params: { query } }))) as t.ChangedPage

export const readLineage = async (ids: string[]): Promise<t.Lineage> =>
  (await request(client.GET('/api/compare/lineage', { params: { query: { runs: ids.join(',') } } }))) as t.Lineage

export const findDecisions = async (run: string): Promise<t.Decision[]> =>
  (await request(client.GET('/api/decisions', { params: { query: { run } } }))).items

export const createDecision = (body: { runs: string[]; kept: string | null; text: string }): Promise<t.Decision> =>
  request(client.POST('/api/decisions', { body }))

export async function deleteDecision(id: string): Promise<void> {
  await request(client.DELETE('/api/decisions/{decision_id}', { params: { path: { decision_id: id } } }))
}

export const readBets = (): Promise<t.Bets> => request(client.GET('/api/bets', { params: { query: { limit: 200 } } }))

export const readRecipes = async (): Promise<t.Recipe[]> => (await request(client.GET('/api/recipes'))).items

export const readCatalog = (): Promise<t.Catalog> => request(client.GET('/api/catalog'))
export const readDatasets = (): Promise<{ items: t.Dataset[] }> => request(client.GET('/api/datasets'))
export const readWorkers = (): Promise<{ items: t.Worker[] }> => request(client.GET('/api/workers'))

export const checkSpec = (spec: t.Spec): Promise<t.SpecCheck> =>
  request(client.POST('/api/specs/check', { body: spec as never }))

export const previewSpec = (spec: t.Spec): Promise<{ images: string[] }> =>
  request(client.POST('/api/specs/preview', { body: spec as never }))

export const findLearningRate = (spec: t.Spec): Promise<t.LearningRateRange> =>
  request(client.POST('/api/specs/learning-rate-range', { body: spec as never }))

export const readDataset = (name: string): Promise<t.Dataset> =>
  request(client.GET('/api/datasets/{name}', { params: { path: { name } } }))

export type ImageQuery = NonNullable<paths['/api/datasets/{name}/images']['get']['parameters']['query']>

export const findImages = (name: string, query: ImageQuery): Promise<t.ImagePage> =>
  request(client.GET('/api/datasets/{name}/images', { params: { path: { name }, query } }))

export async function deleteDataset(name: string): Promise<void> {
  await request(client.DELETE('/api/datasets/{name}', { params: { path: { name } } }))
}

/** Deletes what frozen backbones made of the images. */
export async function deleteFeatures(name: string): Promise<void> {
  await request(client.DELETE('/api/datasets/{name}/features', { params: { path: { name } } }))
}

export const prepareDataset = (name: string): Promise<t.Dataset> =>
  request(client.POST('/api/datasets/{name}/prepare', { params: { path: { name } } }))
