/** Describes how a run ended, and which epoch's weights its final model has. */

import { column } from '../../charts/series'
import { valueAt, isObject, bestDirection } from '../../spec/spec'
import type { MetricsTable, Run, Spec } from '../../api/types'

/** Returns the epoch whose weights Keras' EarlyStopping restores: the last one that improved on the best before by more
 * than `min_delta`. Null when it restores none. */
export function restoredEpoch(spec: Spec, table: MetricsTable): number | null {
  const earlyStopping = valueAt(spec, 'callbacks.early_stopping')
  if (!isObject(earlyStopping) || earlyStopping.restore_best_weights !== true) return null
  const monitor = String(earlyStopping.monitor)
  const sign = bestDirection(monitor) === 'lowest' ? -1 : 1
  let best: { epoch: number; value: number } | null = null
  column(table, monitor).forEach((value, place) => {
    if (value === null) return
    const isBetter = best === null || sign * (value - best.value) > Number(earlyStopping.min_delta ?? 0)
    if (isBetter) best = { epoch: table.epochs[place]!, value }
  })
  return (best as { epoch: number } | null)?.epoch ?? null
}

function stopped(run: Run): string {
  if (run.ended_by === 'pruned') return `its study's pruner ended it after epoch ${run.epoch}; its best is kept`
  if (run.started_at === null) return 'a user removed it from the queue before it started'
  if (run.epoch === 0) return 'a user stopped it before its first epoch was complete'
  if (run.ended_by === 'finish') return `a user stopped it after epoch ${run.epoch}`
  return `a user killed it; ${run.epoch === 1 ? 'epoch 1 is' : `epochs 1 to ${run.epoch} are`} kept`
}

/** What final.keras holds: early stopping gives it the weights of an earlier epoch than the one it was saved after. */
export function finalModelText(run: Run, table: MetricsTable): string {
  const restored = restoredEpoch(run.spec, table)
  const text = 'the model at the end of training'
  return restored !== null && restored !== run.epoch ? `${text}, with the weights of epoch ${restored}` : text
}

/** "early stopping after epoch 23; weights of epoch 18 restored"; empty for an ordinary end. */
export function endedByText(run: Run, table: MetricsTable): string {
  if (run.status === 'stopped') return stopped(run)
  if (run.status !== 'finished') return ''
  const restored = restoredEpoch(run.spec, table)
  const parts = [
    ...(run.ended_by === 'early_stopping' ? [`early stopping after epoch ${run.epoch}`] : []),
    ...(restored !== null && restored !== run.epoch ? [`weights of epoch ${restored} restored`] : []),
  ]
  return parts.join('; ')
}
