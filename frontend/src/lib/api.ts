/** Every question that the page asks the board. Each answers its value, or throws a `Problem`. */

import createClient from 'openapi-fetch'
import type { components, paths } from './api.gen'
import { clock } from './clock.svelte'
import { Problem, unreachable, type ProblemDocument } from './problem'
import type { LiveRun } from './runs'
import type * as t from './types'

const client = createClient<paths>({ baseUrl: location.origin })

type Answer<T> = Promise<{ data?: T; error?: unknown; response: Response }>

async function ask<T>(question: Answer<T>): Promise<T> {
  const answer = await question.catch(() => {
    throw unreachable()
  })
  clock.heard(answer.response.headers.get('date'))
  if (!answer.response.ok) throw new Problem(answer.response.status, asDocument(answer.error))
  return answer.data as T
}

const asDocument = (error: unknown): ProblemDocument => (typeof error === 'object' && error !== null ? error : {})
const ofRun = (id: string) => ({ path: { run_id: id } })
/** A spec is JSON to the generated types, too, but they call it unknown. */
const live = (run: components['schemas']['RunRead']): LiveRun => ({
  ...run,
  spec: run.spec as t.Spec,
  received: clock.read(),
})

export type RunQuery = NonNullable<paths['/api/runs']['get']['parameters']['query']>
export type SampleQuery = NonNullable<paths['/api/runs/{run_id}/samples']['get']['parameters']['query']>
export type RunRequest = Omit<components['schemas']['RunCreate'], 'spec' | 'tags' | 'notes' | 'priority' | 'cloned_from'> & {
  spec?: t.Spec
  tags?: string[]
  notes?: string
  cloned_from?: string
}
export type RunChange = components['schemas']['RunChange']

export async function findRuns(
  query: RunQuery,
): Promise<{ items: LiveRun[]; next_cursor: string | null; total: number }> {
  const page = await ask(client.GET('/api/runs', { params: { query } }))
  return { items: page.items.map(live), next_cursor: page.next_cursor ?? null, total: page.total }
}

export async function readRun(id: string): Promise<LiveRun> {
  return live(await ask(client.GET('/api/runs/{run_id}', { params: ofRun(id) })))
}

/** The key makes a repeated request, by a doubled press or a retry, the same run. */
export async function createRun(request: RunRequest): Promise<LiveRun> {
  const params = { header: { 'idempotency-key': crypto.randomUUID() } }
  // A spec in a form is any JSON until the board has checked it; the generated type takes checked ones only.
  const body = request as never
  return live(await ask(client.POST('/api/runs', { params, body })))
}

export async function changeRun(id: string, body: RunChange): Promise<LiveRun> {
  return live(await ask(client.PATCH('/api/runs/{run_id}', { params: ofRun(id), body })))
}

export async function deleteRun(id: string): Promise<void> {
  await ask(client.DELETE('/api/runs/{run_id}', { params: ofRun(id) }))
}

export async function stopRun(id: string, mode: 'finish' | 'kill'): Promise<LiveRun> {
  return live(await ask(client.POST('/api/runs/{run_id}/stop', { params: ofRun(id), body: { mode } })))
}

export async function resumeRun(id: string, epochs: number | null): Promise<LiveRun> {
  return live(await ask(client.POST('/api/runs/{run_id}/resume', { params: ofRun(id), body: { epochs } })))
}

/** One picture, as it is: the board turns, cuts and scales it. */
export const predict = (id: string, picture: Blob, signal: AbortSignal): Promise<t.Prediction> =>
  ask(
    client.POST('/api/runs/{run_id}/predict', {
      params: ofRun(id),
      body: picture as never,
      bodySerializer: (body: unknown) => body as Blob,
      headers: { 'Content-Type': picture.type || 'application/octet-stream' },
      signal,
    }),
  )

export const readMetrics = (id: string): Promise<t.MetricsTable> =>
  ask(client.GET('/api/runs/{run_id}/metrics', { params: { ...ofRun(id), query: { max_points: 2000 } } }))

export const readLog = (id: string, after: number): Promise<{ items: t.LogLine[] }> =>
  ask(client.GET('/api/runs/{run_id}/log', { params: { ...ofRun(id), query: { after, limit: 200 } } }))

export const readMatrix = (id: string, epoch: string, split: t.Split): Promise<t.Matrix> =>
  ask(client.GET('/api/runs/{run_id}/confusion-matrix', { params: { ...ofRun(id), query: { epoch, split } } }))

export const readReport = (id: string, epoch: string, split: t.Split): Promise<t.Report> =>
  ask(client.GET('/api/runs/{run_id}/report', { params: { ...ofRun(id), query: { epoch, split } } }))

export const findSamples = (id: string, query: SampleQuery): Promise<t.SamplePage> =>
  ask(client.GET('/api/runs/{run_id}/samples', { params: { ...ofRun(id), query } }))

export const readArtifacts = (id: string): Promise<{ items: t.Artifact[] }> =>
  ask(client.GET('/api/runs/{run_id}/artifacts', { params: ofRun(id) }))

export const readExports = (id: string): Promise<{ items: t.Export[] }> =>
  ask(client.GET('/api/runs/{run_id}/exports', { params: ofRun(id) }))

export const makeExport = (id: string, kind: t.Export['kind']): Promise<t.Export> =>
  ask(client.POST('/api/runs/{run_id}/exports/{kind}', { params: { path: { run_id: id, kind } } }))

export async function readRecipes(): Promise<t.Recipe[]> {
  const { items } = await ask(client.GET('/api/recipes'))
  return items.map((recipe) => ({ ...recipe, spec: recipe.spec as t.Spec }))
}

export const readCatalog = (): Promise<t.Catalog> => ask(client.GET('/api/catalog'))
export const readDatasets = (): Promise<{ items: t.Dataset[] }> => ask(client.GET('/api/datasets'))
export const readWorkers = (): Promise<{ items: t.Worker[] }> => ask(client.GET('/api/workers'))

/** A spec in a form is any JSON until the board has looked at it. */
export const checkSpec = (spec: t.Spec): Promise<t.SpecCheck> =>
  ask(client.POST('/api/specs/check', { body: spec as never }))

export const previewSpec = (spec: t.Spec): Promise<{ images: string[] }> =>
  ask(client.POST('/api/specs/preview', { body: spec as never }))

export const readDataset = (name: string): Promise<t.Dataset> =>
  ask(client.GET('/api/datasets/{name}', { params: { path: { name } } }))

export type ImageQuery = NonNullable<paths['/api/datasets/{name}/images']['get']['parameters']['query']>

export const findImages = (name: string, query: ImageQuery): Promise<t.ImagePage> =>
  ask(client.GET('/api/datasets/{name}/images', { params: { path: { name }, query } }))

export async function deleteDataset(name: string): Promise<void> {
  await ask(client.DELETE('/api/datasets/{name}', { params: { path: { name } } }))
}

export const prepareDataset = (name: string): Promise<t.Dataset> =>
  ask(client.POST('/api/datasets/{name}/prepare', { params: { path: { name } } }))

export const artifactHref = (id: string, name: string): string =>
  `/api/runs/${encodeURIComponent(id)}/artifacts/${encodeURIComponent(name)}`
