/** Applies the server's events to a run: which event changes what, and which events of a run were missed. */

import type { Best, Metrics, Run, RunState, Status } from '../api/types'

export interface RunEvent {
  kind: 'status' | 'epoch' | 'log' | 'progress' | 'reset' | 'end' | 'deleted' | 'workers' | 'datasets'
  /** `seq` is null for events that are not stored: `progress`, `end` and `deleted`. `workers` and `datasets` are about no run. */
  data: { run: string; seq?: number | null; [field: string]: unknown }
}

export const ACTIVE: Status[] = ['queued', 'preparing', 'running', 'stopping']

export const isActive = (run: RunState): boolean => ACTIVE.includes(run.status)

/** The run waits for its first epoch or ended before it, so it has no figures, curves, mistakes or files. */
export const hasNoEpochs = (run: RunState): boolean => run.epoch === 0 && (run.status === 'queued' || !isActive(run))
/** A worker has claimed the run and sends its events. */
export const isHeld = (run: RunState): boolean => isActive(run) && run.status !== 'queued'

export const isTraining = (run: RunState): boolean => run.status === 'running' || run.status === 'stopping'

/** For how many milliseconds an active run has trained its epochs, without its start; null for one that has ended. */
export const trainedMs = (run: RunState & { seconds_per_epoch: number | null }): number | null =>
  isActive(run) ? 1_000 * run.epoch * (run.seconds_per_epoch ?? 0) : null

/** Returns the run after `event`. Log and progress events leave it unchanged, and so do those that the run contains: an event that
 * was lost on its way comes later, when the run may have been read since. */
export function advance<R extends RunState & { received: number }>(run: R, event: RunEvent, now: number): R {
  const seq = event.data.seq ?? null
  if (seq !== null && seq <= run.last_seq) return run
  const last_seq = seq ?? run.last_seq
  if (event.kind === 'status') return { ...run, ...(event.data as unknown as Run), id: run.id, received: now, last_seq }
  if (event.kind === 'epoch') return { ...afterEpoch(run, event.data, now), last_seq }
  return run
}

/** A run is no longer silent once its trainer is heard; a line of its log may come from the server or from an export. */
export const whenHeard = <R extends { silent: boolean }>(run: R, { kind }: RunEvent): R =>
  run.silent && (kind === 'epoch' || kind === 'progress') ? { ...run, silent: false } : run

function afterEpoch<R extends RunState & { received: number }>(run: R, data: RunEvent['data'], now: number): R {
  const epoch = data.epoch as number
  const metrics = data.metrics as Metrics
  const best = (data.best as Best | null) ?? run.best
  return {
    ...run,
    epoch,
    metrics,
    best,
    test: run.test && run.test.epoch === best?.epoch ? run.test : null,
    spark: epoch > run.epoch ? appended(run.spark, metrics[best?.monitor ?? 'val_loss'] ?? null) : run.spark,
    seconds_per_epoch: (data.seconds_per_epoch as number | null | undefined) ?? run.seconds_per_epoch,
    eta_seconds: (data.eta_seconds as number | null | undefined) ?? null,
    epoch_at: new Date(now).toISOString(),
    received: now,
  }
}

/** A sparkline of 96 pixels shows no more values than this. */
const MAX_SPARK_VALUES = 80

function appended(spark: (number | null)[], value: number | null): (number | null)[] {
  const thinned = spark.length < MAX_SPARK_VALUES ? spark : spark.filter((_, index) => index % 2 === 0)
  return [...thinned, value]
}

/** The last event number of each run. A gap in the numbers means that the run has to be read again. */
export class EventNumbers {
  #last = new Map<string, number>()

  /** True when events of this run before this one were missed. Events without a number are ignored. */
  hasGapBefore({ data: { run, seq } }: RunEvent): boolean {
    if (typeof seq !== 'number') return false
    const last = this.#last.get(run)
    this.#last.set(run, seq)
    return last !== undefined && seq > last + 1
  }

  clear(): void {
    this.#last.clear()
  }
}
