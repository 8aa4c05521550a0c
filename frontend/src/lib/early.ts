/** How a run ended, and whose weights its final model has. */

import { column } from './series'
import { at, isObject, wanted } from './spec'
import type { MetricsTable, Run, Spec } from './types'

/** The epoch whose weights Keras' EarlyStopping puts back at the end, by its own rule: the last one that was better
 * than the best before by more than `min_delta`. Null where it puts none back. */
export function restoredEpoch(spec: Spec, table: MetricsTable): number | null {
  const early = at(spec, 'callbacks.early_stopping')
  if (!isObject(early) || early.restore_best_weights !== true) return null
  const monitor = String(early.monitor)
  const sign = wanted(monitor) === 'lowest' ? -1 : 1
  let best: { epoch: number; value: number } | null = null
  column(table, monitor).forEach((value, place) => {
    if (value === null) return
    const isBetter = best === null || sign * (value - best.value) > Number(early.min_delta ?? 0)
    if (isBetter) best = { epoch: table.epochs[place]!, value }
  })
  return (best as { epoch: number } | null)?.epoch ?? null
}

function stopped(run: Run): string {
  if (run.ended_by === 'finish') return `somebody asked for the end after epoch ${run.epoch}`
  return run.epoch ? `somebody killed it; epochs up to ${run.epoch} are kept` : 'somebody ended it before its first epoch was complete'
}

/** "stopped early in epoch 23; weights of epoch 18 restored"; empty where there is nothing to tell. */
export function ending(run: Run, table: MetricsTable): string {
  if (run.status === 'stopped') return stopped(run)
  if (run.status !== 'finished') return ''
  const restored = restoredEpoch(run.spec, table)
  const parts = [
    ...(run.ended_by === 'early_stopping' ? [`stopped early in epoch ${run.epoch}`] : []),
    ...(restored !== null && restored !== run.epoch ? [`weights of epoch ${restored} restored`] : []),
  ]
  return parts.join('; ')
}
