/** One sentence or two that say whether a run is alive, and what it does. */

import { ago, ordinal, ticking } from './format'
import { word, type LiveRun } from './runs'
import { tookOf } from './stats'

/** `where` is the slot and its machine, `heard` when the trainer last gave a sign, `pace` the seconds an epoch takes. */
export interface Signs {
  now: number
  heard: number
  where: string
  pace: number | null
  hasWorkers: boolean
  /** How it ended, in words; empty where there is nothing to tell. */
  ending: string
}

export function liveness(run: LiveRun, signs: Signs): string {
  if (run.lost_contact) return lost(run, signs)
  if (run.status === 'queued') return waiting(run, signs)
  if (run.status === 'preparing') return `${signs.where} reads the data and builds the model. ${heartbeat(run, signs)}`
  if (run.status === 'running' || run.status === 'stopping') return `${step(run, signs)} ${heartbeat(run, signs)}`
  return ended(run, signs)
}

function lost(run: LiveRun, signs: Signs): string {
  const from = run.epoch > 0 ? `goes on after epoch ${run.epoch}` : 'begins it anew'
  return `Lost contact with ${signs.where}: the last sign came ${signOf(run, signs)}. The next free worker ${from}.`
}

function waiting(run: LiveRun, { now, hasWorkers }: Signs): string {
  if (!hasWorkers) return 'No worker answers: the run is kept, and begins when one comes.'
  const place = run.queue_position
  const line = place === null ? 'Waits' : place === 1 ? 'It is next' : `${ordinal(place)} in line`
  const again = run.attempt > 0 && run.epoch > 0 ? ` It goes on after epoch ${run.epoch}.` : ''
  return `${line}, asked for ${ago(Date.parse(run.created_at), now)}.${again}`
}

function step(run: LiveRun, { now, pace }: Signs): string {
  const isLast = run.status === 'stopping'
  if (run.epoch === 0) return `The first epoch is being trained${isLast ? ', and is the last one' : ''}.`
  if (!run.epoch_at) return `It goes on after epoch ${run.epoch}.`
  const since = Math.max(0, (now - Date.parse(run.epoch_at)) / 1000)
  const ended = `Epoch ${run.epoch} ended ${ticking(since)} ago`
  if (isLast) return `${ended}. It ends with the epoch in which it was asked to, once its best model is evaluated.`
  if (run.epoch >= run.epochs) return `${ended}, the last one.`
  if (pace === null) return `${ended}.`
  return pace > since + 0.5
    ? `${ended}, the next is due in ${ticking(pace - since)}.`
    : `${ended}, the next is due now.`
}

function heartbeat(run: LiveRun, signs: Signs): string {
  return `Heartbeat ${signOf(run, signs)} from ${signs.where}.`
}

function signOf(run: LiveRun, { now, heard }: Signs): string {
  return ago(Math.max(heard, run.heartbeat_at ? Date.parse(run.heartbeat_at) : 0), now)
}

function ended(run: LiveRun, { now, where, ending }: Signs): string {
  const when = run.finished_at ? ` ${ago(Date.parse(run.finished_at), now)}` : ''
  const took = tookOf(run)
  return `${word(run.status)}${when}${took && where ? `, after ${took} on ${where}` : ''}${ending && `: ${ending}`}.`
}
