/** What the page says of an evaluation. */

import type { Evaluation } from '../api/evaluations'
import { count } from '../text/format'

export const isComputing = (evaluation: Evaluation | null | undefined): boolean => evaluation?.status === 'queued' || evaluation?.status === 'running'

/** "Waiting for a worker", "Computing, 40%". */
export function statusText(evaluation: Evaluation): string {
  if (evaluation.status === 'queued') return 'Waiting for a worker'
  return evaluation.progress > 0 ? `Computing, ${Math.round(evaluation.progress * 100)}%` : 'Loading the model'
}

/** Says that a result is of an earlier best model; empty if it is current. */
export function staleText(evaluation: Evaluation): string {
  return evaluation.is_current ? '' : `This is of epoch ${count(evaluation.epoch)}, which was the best when it was computed. A later epoch is better.`
}
