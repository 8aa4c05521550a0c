/** The actions that a run allows in its current state, and what each keeps and loses. */

import { count, plural } from '../../text/format'
import { isActive } from '../../live/run-state'
import { valueAt } from '../../spec/spec'
import type { Run } from '../../api/types'

/** The server's limit for one run. */
export const MAX_EPOCHS = 100_000

export interface Action {
  name: 'finish' | 'kill' | 'resume'
  title: string
  /** What the action keeps and loses; of a disabled one, why the server refuses it and what to press instead. */
  effect: string
  disabled?: boolean
}

export function runActions(run: Run): Action[] {
  if (run.status === 'queued') return [{ name: 'kill', title: 'Remove from queue', effect: keeps(run) }]
  if (isActive(run) && isEvaluated(run)) return [killEvaluation(run)]
  if (isActive(run)) return run.stop === 'finish' ? [kill(run)] : [finish(run), kill(run)]
  return [resume(run)]
}

const nextEpoch = (run: Run): number => Math.min(run.epoch + 1, run.epochs)

/** The last epoch of a run that is stopped now. */
const lastEpoch = (run: Run): number => (run.status === 'preparing' && run.epoch > 0 ? run.epoch : nextEpoch(run))

const finish = (run: Run): Action => ({
  name: 'finish',
  title: 'Stop after this epoch',
  effect: `epoch ${count(lastEpoch(run))} is kept and evaluated`,
})

const kill = (run: Run): Action => ({
  name: 'kill',
  title: 'Kill now',
  effect: `${loses(run)}${keeps(run)}`,
})

/** A stopping run trains its last epoch or evaluates its best model. */
function loses(run: Run): string {
  if (run.status === 'preparing') return ''
  return run.status === 'stopping' ? 'loses unsaved work; ' : `loses epoch ${count(nextEpoch(run))}; `
}

/** All epochs are trained; the final model is being saved and the best one evaluated. */
const isEvaluated = (run: Run): boolean => run.status !== 'preparing' && run.epoch >= run.epochs

const killEvaluation = (run: Run): Action => ({
  name: 'kill',
  title: 'Kill now',
  effect: `loses final.keras and the test score; ${keeps(run)}`,
})

const keeps = (run: Run): string => (run.epoch ? `keeps ${plural(run.epoch, 'epoch')}` : 'no epoch is complete yet')

function resume(run: Run): Action {
  const reason = whyRefused(run)
  const start = run.epoch ? `continues after epoch ${count(run.epoch)}` : 'starts from the beginning'
  return { name: 'resume', title: run.status === 'finished' ? 'Train longer' : 'Resume', effect: reason ?? start, disabled: reason !== null }
}

/** Says, as the server would, why a run that early stopping or a NaN loss ended is not resumed; else null. */
function whyRefused(run: Run): string | null {
  if (run.ended_by === 'early_stopping') {
    return `early stopping ended it after epoch ${count(run.epoch)} and would end it there again; run it again with a greater patience instead`
  }
  const endsOnNan = valueAt(run.spec, 'callbacks.terminate_on_nan') === true
  if (!endsOnNan || run.metrics?.loss !== null) return null
  return `the loss was NaN after epoch ${count(run.epoch)} and would be NaN again; run it again with a smaller learning rate instead`
}

/** Returns the epochs that the dialog suggests: those of the spec, or one and a half times as many for a finished run. */
export function suggestedEpochs(run: Run): number {
  return run.status === 'finished' ? run.epochs + Math.max(1, Math.round(run.epochs / 2)) : run.epochs
}
