/** Titles and colours of a run's status, its current epoch and the time it has left. */

import { isActive } from '../../live/run-state'
import { ordinal } from '../../text/format'
import type { RunState, Status } from '../../api/types'

const TITLES: Record<Status, string> = {
  queued: 'Queued',
  preparing: 'Preparing',
  running: 'Training',
  stopping: 'Finishing',
  finished: 'Finished',
  stopped: 'Stopped',
  failed: 'Failed',
}

export type Tone = 'live' | 'wait' | 'ok' | 'stop' | 'bad'

const TONES: Record<Status, Tone> = {
  queued: 'wait',
  preparing: 'live',
  running: 'live',
  stopping: 'live',
  finished: 'ok',
  stopped: 'stop',
  failed: 'bad',
}

export const statusTitle = (status: Status): string => TITLES[status]

/** "Training", "Queued, 2nd" for a run that waits, "Pruned" for one that its study ended, "Silent" for one whose worker is silent. */
export function statusText(run: RunState): string {
  if (run.status === 'stopped' && run.ended_by === 'pruned') return 'Pruned'
  if (run.lost_contact) return 'Lost contact'
  if (run.silent) return 'Silent'
  const position = run.status === 'queued' ? run.queue_position : null
  return position ? `${TITLES.queued}, ${ordinal(position)}` : TITLES[run.status]
}

/** Without a connection it is not known whether an active run goes on. */
export function tone(run: RunState, isConnected: boolean): Tone {
  if (!isConnected && isActive(run)) return 'wait'
  return run.lost_contact || run.silent || run.stalled_since ? 'bad' : TONES[run.status]
}

/** The epoch that is being trained, or the last one of a run that does not train. */
export function currentEpoch(run: RunState): number {
  return run.status === 'running' ? Math.min(run.epoch + 1, run.epochs) : run.epoch
}

/** Seconds until the next epoch ends and until all are trained; null when the pace is unknown. Both are of the server's pace. `now`
 * is null without a connection. */
export function timing(run: RunState & { received: number }, now: number | null): { next: number; left: number } | null {
  if (now === null || run.eta_seconds === null || run.lost_contact || run.status !== 'running') return null
  const later = Math.max(0, run.epochs - run.epoch - 1) * (run.seconds_per_epoch ?? 0)
  const next = Math.max(0, run.eta_seconds - later - (now - run.received) / 1000)
  return { next, left: later + next }
}

export const secondsLeft = (run: RunState & { received: number }, now: number | null): number | null => timing(run, now)?.left ?? null
