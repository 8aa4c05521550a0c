/** What a run is called on the screen, and how events change it. */

import { ordinal } from './format'
import type { Best, Metrics, Run, Status } from './types'

/** A run as this browser got it; `received` is when, by its own clock, in milliseconds. */
export type LiveRun = Run & { received: number }

export interface RunEvent {
  kind: 'status' | 'epoch' | 'log' | 'progress' | 'reset' | 'end'
  /** `seq` is null for what is not stored: `progress`, `end`. */
  data: { run: string; seq?: number | null; [field: string]: unknown }
}

export const ACTIVE: Status[] = ['queued', 'preparing', 'running', 'stopping']

const WORDS: Record<Status, string> = {
  queued: 'Waiting',
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

export const word = (status: Status): string => WORDS[status]

/** The word of a run's status, with its place in the line while it waits. */
export function statusWord(run: Run): string {
  const place = run.status === 'queued' ? run.queue_position : null
  return place ? `${WORDS.queued}, ${ordinal(place)}` : WORDS[run.status]
}

export function tone(run: Run): Tone {
  return run.lost_contact ? 'bad' : TONES[run.status]
}

export const isActive = (run: Run): boolean => ACTIVE.includes(run.status)
export const isTraining = (run: Run): boolean => run.status === 'running' || run.status === 'stopping'

/** The epoch that a person would name: the one being trained, or the last one. */
export function currentEpoch(run: Run): number {
  return run.status === 'running' ? Math.min(run.epoch + 1, run.epochs) : run.epoch
}

export function secondsLeft(run: LiveRun, now: number): number | null {
  if (run.eta_seconds === null || run.lost_contact || run.status !== 'running') return null
  return Math.max(0, run.eta_seconds - (now - run.received) / 1000)
}

/** The run after an event about it. Log and progress lines leave it as it is. */
export function advance(run: LiveRun, event: RunEvent, now: number): LiveRun {
  if (event.kind === 'status') return { ...run, ...(event.data as unknown as Run), id: run.id, received: now }
  if (event.kind === 'epoch') return afterEpoch(run, event.data, now)
  return run
}

function afterEpoch(run: LiveRun, data: RunEvent['data'], now: number): LiveRun {
  const epoch = data.epoch as number
  const metrics = data.metrics as Metrics
  const best = (data.best as Best | null) ?? run.best
  const seconds = metrics.seconds ?? null
  return {
    ...run,
    epoch,
    metrics,
    best,
    test: run.test && run.test.epoch === best?.epoch ? run.test : null,
    spark: epoch > run.epoch ? longer(run.spark, metrics[best?.monitor ?? 'val_loss'] ?? null) : run.spark,
    eta_seconds: seconds === null ? run.eta_seconds : (run.epochs - epoch) * seconds,
    epoch_at: new Date(now).toISOString(),
    received: now,
  }
}

const SPARK = 80

function longer(spark: (number | null)[], value: number | null): (number | null)[] {
  return [...(spark.length < SPARK ? spark : spark.filter((_, at) => at % 2 === 0)), value]
}

/** The numbers of each run's events: one that does not follow tells that the run has to be read again. */
export class Numbers {
  #last = new Map<string, number>()

  /** Whether events of this run were missed before this one. An event without a number says nothing about that. */
  missedBefore({ data: { run, seq } }: RunEvent): boolean {
    if (typeof seq !== 'number') return false
    const last = this.#last.get(run)
    this.#last.set(run, seq)
    return last !== undefined && seq > last + 1
  }

  forget(): void {
    this.#last.clear()
  }
}
