/** The page's requests about evaluations: what the jobs worker computes from a run's best model. */

import { client, request } from './client'
import type { Schemas } from './types'

export type Evaluation = Schemas['EvaluationRead']
export type EvaluationKind = Evaluation['kind']
export type ImageMap = Schemas['MapRead']
export type Robustness = Schemas['RobustnessRead']

const runPath = (id: string) => ({ path: { run_id: id } })

export const findEvaluations = async (id: string): Promise<Evaluation[]> =>
  (await request(client.GET('/api/runs/{run_id}/evaluations', { params: runPath(id) }))).items

export const requestEvaluation = (id: string, kind: EvaluationKind): Promise<Evaluation> =>
  request(client.POST('/api/runs/{run_id}/evaluations', { params: runPath(id), body: { kind } }))

/** To be called once the evaluation is ready. */
export const readMap = async (id: string): Promise<ImageMap> =>
  (await request(client.GET('/api/runs/{run_id}/map', { params: runPath(id) }))) as ImageMap

export const readRobustness = async (id: string): Promise<Robustness> =>
  (await request(client.GET('/api/runs/{run_id}/robustness', { params: runPath(id) }))) as Robustness
