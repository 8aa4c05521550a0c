/** What a person can do with a run as it is now, and what each keeps and loses, in words. */

import { plural } from './format'
import { isActive } from './runs'
import { at } from './spec'
import type { Run } from './types'

export interface Action {
  name: 'finish' | 'kill' | 'resume'
  title: string
  /** What it keeps and loses. */
  means: string
}

export function actions(run: Run): Action[] {
  if (run.status === 'queued') return [{ name: 'kill', title: 'Take off the queue', means: kept(run) }]
  if (isActive(run) && isScored(run)) return [killScoring(run)]
  if (isActive(run)) return run.stop === 'finish' ? [kill(run)] : [finish(run), kill(run)]
  return canGoOn(run) ? [goOn(run)] : []
}

const next = (run: Run): number => Math.min(run.epoch + 1, run.epochs)

/** The epoch after which a run that is asked to finish ends. */
const lastOf = (run: Run): number => (run.status === 'preparing' && run.epoch > 0 ? run.epoch : next(run))

const finish = (run: Run): Action => ({
  name: 'finish',
  title: 'Stop after this epoch',
  means: `epoch ${lastOf(run)} is kept and evaluated`,
})

const kill = (run: Run): Action => ({
  name: 'kill',
  title: 'Kill now',
  means: `${loses(run)}${kept(run)}`,
})

/** Who was asked to stop may be in an epoch, or in the evaluation after it. */
function loses(run: Run): string {
  if (run.status === 'preparing') return ''
  return run.status === 'stopping' ? 'loses what is not saved yet; ' : `loses epoch ${next(run)}; `
}

/** All epochs are trained: what is left is to save the model as it is and to score the best one. */
const isScored = (run: Run): boolean => run.status !== 'preparing' && run.epoch >= run.epochs

const killScoring = (run: Run): Action => ({
  name: 'kill',
  title: 'Kill now',
  means: `loses final.keras and the test score; ${kept(run)}`,
})

const kept = (run: Run): string => (run.epoch ? `keeps ${plural(run.epoch, 'epoch')}` : 'nothing is trained yet')

/** Early stopping, and a loss that is no number where that ends a run, would end it where it ended. */
function canGoOn(run: Run): boolean {
  const endsOnNan = at(run.spec, 'callbacks.terminate_on_nan') === true
  return run.ended_by !== 'early_stopping' && !(endsOnNan && run.metrics?.loss === null)
}

const goOn = (run: Run): Action => ({
  name: 'resume',
  title: run.status === 'finished' ? 'Train longer' : 'Resume',
  means: run.epoch ? `goes on after epoch ${run.epoch}` : 'begins anew',
})

/** What is asked for before anything is typed: all epochs, or half as many again of a run that has had them all. */
export function epochsToAsk(run: Run): number {
  return run.status === 'finished' ? run.epochs + Math.max(1, Math.round(run.epochs / 2)) : run.epochs
}
