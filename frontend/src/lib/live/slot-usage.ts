/** Which slots train which run, which are idle, and how many runs are queued: the data of the status bar. */

import type { LiveRun, Worker } from '../api/types'

export interface BusySlot {
  slot: string
  run: LiveRun
}

export interface SlotUsage {
  busy: BusySlot[]
  idle: string[]
  queued: number
  /** False when no worker sends heartbeats: no run starts until one does. */
  hasWorkers: boolean
}

/** A slot of a connected worker that has no run is idle, unless it can't start a trainer. */
export function slotUsage(active: LiveRun[], workers: Worker[]): SlotUsage {
  const connected = workers.filter((worker) => worker.state !== 'lost')
  const claimed = active.filter((run) => run.status !== 'queued')
  const busy = claimed.map((run) => ({ slot: run.slot ?? 'a worker', run }))
  const isBusy = (worker: Worker, slot: string): boolean =>
    claimed.some((run) => run.slot === slot && run.worker === worker.name)
  const working = (worker: Worker): string[] => worker.slots.filter((slot) => slot.paused_seconds == null).map(({ name }) => name)
  const idle = connected.flatMap((worker) => working(worker).filter((name) => !isBusy(worker, name)))
  return { busy, idle, queued: active.length - claimed.length, hasWorkers: connected.length > 0 }
}
