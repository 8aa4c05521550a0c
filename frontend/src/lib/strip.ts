/** The line on top that is always true, as data. */

import type { LiveRun } from './runs'
import type { Worker } from './types'

export interface Busy {
  slot: string
  run: LiveRun
}

export interface StripState {
  busy: Busy[]
  free: string[]
  waiting: number
  /** No worker's heart beats: nothing will be trained until one comes. */
  isDeserted: boolean
}

/** Runs that are held name their slot; a slot of a living worker that no run holds is free. */
export function stripState(active: LiveRun[], workers: Worker[]): StripState {
  const alive = workers.filter((worker) => worker.state !== 'lost')
  const held = active.filter((run) => run.status !== 'queued')
  const busy = held.map((run) => ({ slot: run.slot ?? 'a worker', run }))
  const isHeld = (worker: Worker, slot: string): boolean =>
    held.some((run) => run.slot === slot && run.worker === worker.name)
  const free = alive.flatMap((worker) => worker.slots.map((slot) => slot.name).filter((name) => !isHeld(worker, name)))
  return { busy, free, waiting: active.length - held.length, isDeserted: alive.length === 0 }
}
