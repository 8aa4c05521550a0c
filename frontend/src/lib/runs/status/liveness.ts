/** Says in one or two sentences whether a run is alive and what it does. */

import { isActive } from '../../live/run-state'
import { ago, plural, ticking } from '../../text/format'
import { statusTitle, timing } from './run-status'
import { durationText } from '../run-stats'
import type { LiveRun, Worker } from '../../api/types'

/** Returns when something was last heard of a run: by an event, or by a heartbeat of the run or of its worker. */
export function lastSign(run: LiveRun, lastEvent: number, workers: Worker[] | null): number {
  const heartbeat = workers?.find(({ name }) => name === run.worker)?.heartbeat_at
  return Math.max(lastEvent, ...[run.heartbeat_at, heartbeat].map((time) => (time ? Date.parse(time) : 0)))
}

/** Times in milliseconds. `place` is the slot and its host, `lastSign` the time at which something was last heard. */
export interface LivenessContext {
  now: number
  lastSign: number
  place: string
  /** False while the page has lost its connection to the server. */
  isConnected: boolean
  /** When the server was last heard before that; 0 where it was not. */
  lastMessage: number
  hasWorkers: boolean
  /** No slot of any worker can start a trainer. */
  areSlotsBroken: boolean
  /** How the run ended; may be empty. */
  endedBy: string
}

export function liveness(run: LiveRun, context: LivenessContext): string {
  if (!context.isConnected && isActive(run)) return disconnected(run, context)
  if (run.lost_contact) return lostContact(run, context)
  if (run.status === 'queued') return queued(run, context)
  if (run.silent) return silent(run, context)
  if (run.stalled_since) return stalled(run, context)
  if (run.status === 'preparing') return `Reading the data and building the model. ${heartbeat(context)}`
  if (run.status === 'running' || run.status === 'stopping') return `${training(run, context)} ${heartbeat(context)}`
  return ended(run, context)
}

function disconnected({ received }: LiveRun, { now, lastMessage }: LivenessContext): string {
  return `The server can't be reached, so what is shown is what was known ${ago(Math.max(lastMessage, received), now)}.`
}

function lostContact(run: LiveRun, context: LivenessContext): string {
  const start = run.epoch > 0 ? `continues after epoch ${run.epoch}` : 'starts it again'
  return `Lost contact with ${context.place}: the last heartbeat was ${heartbeatAge(context)}. The next idle worker ${start}.`
}

/** The server says which run is silent, by the heartbeats of the run itself, so these count alone. */
function silent(run: LiveRun, { now, place }: LivenessContext): string {
  const start = run.epoch > 0 ? `continues after epoch ${run.epoch}` : 'starts again'
  return `Nothing has been heard from ${place} for ${ticking((now - Date.parse(run.heartbeat_at!)) / 1000)}. When its lease ends, the run ${start} on the next idle worker.`
}

function queued(run: LiveRun, { now, hasWorkers, areSlotsBroken }: LivenessContext): string {
  if (!hasWorkers) return `No worker is connected. The run ${run.attempt > 0 && run.epoch > 0 ? `continues after epoch ${run.epoch}` : 'starts'} when one connects.`
  if (areSlotsBroken) return 'No worker can start a trainer now. The Workers page says why; the run waits.'
  const position = run.queue_position
  const place = position === null ? 'In the queue' : position === 1 ? 'Next in the queue' : `${plural(position - 1, 'run is', 'runs are')} ahead of it in the queue`
  const resumes = run.attempt > 0 && run.epoch > 0 ? ` It continues after epoch ${run.epoch}.` : ''
  return `${place}, launched ${ago(Date.parse(run.created_at), now)}.${resumes}`
}

function stalled(run: LiveRun, { now, place }: LivenessContext): string {
  const silence = ticking((now - Date.parse(run.stalled_since!)) / 1000)
  return `The trainer on ${place} has made no progress for ${silence}. If that goes on, it is restarted after epoch ${run.epoch}.`
}

function training(run: LiveRun, { now }: LivenessContext): string {
  const isStopping = run.status === 'stopping'
  if (run.epoch === 0) return `Training the first epoch${isStopping ? ', then finishing' : ''}.`
  if (!run.epoch_at) return `Continuing after epoch ${run.epoch}.`
  const elapsed = Math.max(0, (now - Date.parse(run.epoch_at)) / 1000)
  const last = `Epoch ${run.epoch} ended ${ticking(elapsed)} ago`
  if (isStopping) return `${last}. The run is finishing; its best model is evaluated after the last epoch.`
  if (run.epoch >= run.epochs) return `${last}, the last one.`
  const next = timing(run, now)?.next
  if (next === undefined) return `${last}.`
  return next > 0.5 ? `${last}, the next is due in ${ticking(next)}.` : `${last}, the next is due now.`
}

function heartbeat(context: LivenessContext): string {
  return `Heartbeat ${heartbeatAge(context)} from ${context.place}.`
}

const heartbeatAge = ({ now, lastSign }: LivenessContext): string => ago(lastSign, now)

function ended(run: LiveRun, { now, place, endedBy }: LivenessContext): string {
  const when = run.finished_at ? ` ${ago(Date.parse(run.finished_at), now)}` : ''
  const duration = durationText(run)
  return `${statusTitle(run.status)}${when}${duration && place ? `, after ${duration} on ${place}` : ''}${endedBy && `: ${endedBy}`}.`
}
