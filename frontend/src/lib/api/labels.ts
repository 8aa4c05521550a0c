/** The page's requests about labels and quizzes. */

import { client, request } from './client'
import type * as t from './types'

const datasetPath = (name: string) => ({ path: { name } })

export interface SuspectQuery {
  runs?: string
  split?: 'validation' | 'train'
  limit?: number
  cursor?: string
}

export const findSuspects = (name: string, query: SuspectQuery): Promise<t.Suspects> =>
  request(client.GET('/api/datasets/{name}/suspects', { params: { ...datasetPath(name), query } }))

export const suspectsCsvHref = (name: string, runs: string, split: string): string =>
  `/api/datasets/${encodeURIComponent(name)}/suspects.csv?${new URLSearchParams({ runs, split })}`

export const findLabelDecisions = async (name: string): Promise<t.LabelDecision[]> =>
  (await request(client.GET('/api/datasets/{name}/label-decisions', { params: datasetPath(name) }))).items

/** All decisions are stored, or none: a 409 says who has decided since. */
export const decideLabels = async (name: string, decisions: t.LabelDecisionRequest[], by: string | null): Promise<t.LabelDecision[]> =>
  (await request(client.PUT('/api/datasets/{name}/label-decisions', { params: datasetPath(name), body: { decisions, by } }))).items

export const findDuplicates = (name: string, kind: 'contradictions' | 'near', cursor?: string, limit?: number): Promise<t.Duplicates> =>
  request(client.GET('/api/datasets/{name}/duplicates', { params: { ...datasetPath(name), query: { kind, ...(cursor === undefined ? {} : { cursor }), ...(limit === undefined ? {} : { limit }) } } })) as Promise<t.Duplicates>

export const findOutliers = (name: string, cursor?: string): Promise<t.Outliers> =>
  request(client.GET('/api/datasets/{name}/outliers', { params: { ...datasetPath(name), query: { limit: 60, ...(cursor === undefined ? {} : { cursor }) } } })) as Promise<t.Outliers>

/** The client's types turn tuples into lists. */
export const readCorrections = async (name: string, runs: string): Promise<t.Corrections> =>
  (await request(client.GET('/api/datasets/{name}/corrections', { params: { ...datasetPath(name), query: { runs } } }))) as t.Corrections

export const readCorrectedScores = async (name: string): Promise<t.CorrectedScore[]> =>
  (await request(client.GET('/api/datasets/{name}/corrected-scores', { params: datasetPath(name) }))).items as t.CorrectedScore[]

export const createVersion = (name: string, body: t.VersionRequest): Promise<t.Dataset> =>
  request(client.POST('/api/datasets/{name}/versions', { params: datasetPath(name), body: body as never }))

export const evaluateTraining = async (run: string): Promise<void> => {
  await request(client.POST('/api/runs/{run_id}/evaluations', { params: { path: { run_id: run } }, body: { kind: 'training_predictions' } }))
}

export const createQuiz = (run: string, seed: number): Promise<t.Quiz> =>
  request(client.POST('/api/runs/{run_id}/quizzes', { params: { path: { run_id: run } }, body: { seed } }))

export const findQuizzes = async (run: string): Promise<t.Quiz[]> =>
  (await request(client.GET('/api/runs/{run_id}/quizzes', { params: { path: { run_id: run } } }))).items

export const readQuiz = (id: string): Promise<t.Quiz> => request(client.GET('/api/quizzes/{quiz_id}', { params: { path: { quiz_id: id } } }))

export const answerQuiz = (id: string, player: string, answers: (string | null)[]): Promise<t.QuizResult> =>
  request(client.POST('/api/quizzes/{quiz_id}/answers', { params: { path: { quiz_id: id } }, body: { player, answers } }))
