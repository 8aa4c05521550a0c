/** What the diagnosis says when no rule finds a fault. */

import type { LiveRun, MetricsTable } from '../api/types'
import { isActive } from '../live/run-state'
import { generalizationGap } from '../runs/generalization-gap'

const OVERFITTING = {
  early_stopping: 'early stopping ended the training before more harm was done.',
  harmless: 'while validation loss still falls, that does no harm.',
  other: 'it is called overfitting once validation loss has risen for three epochs after its lowest value.',
}

/** Also answers "Is it overfitting?", since a gap that widens is marked at the head of the run. */
export function noFindingText(run: LiveRun, table: MetricsTable): string {
  const text = isActive(run) ? 'Nothing stands out so far.' : 'None of the rules finds a fault in this run.'
  const gap = generalizationGap(table)
  if (gap === null || gap.since === null) return text
  const reason = run.ended_by === 'early_stopping' ? OVERFITTING.early_stopping : gap.isHarmful ? OVERFITTING.other : OVERFITTING.harmless
  return `${text} The gap between training and validation accuracy has widened since epoch ${gap.since}, to ${gap.points.toFixed(1)} pt; ${reason}`
}
