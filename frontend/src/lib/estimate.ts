/** How long a spec takes, from earlier runs. */

import { at } from './spec'
import type { Run, Spec } from './types'

/** `seconds` an epoch, the median of `runs` runs; `same` when those had the very same model, data and batch size. */
export interface Estimate {
  seconds: number
  runs: number
  same: boolean
}

const DECIDES = ['dataset', 'model', 'batch_size', 'precision', 'augmentation']

export function estimate(spec: Spec, earlier: Run[]): Estimate | null {
  const timed = earlier.filter((run) => run.metrics?.seconds != null)
  const alike = timed.filter((run) => DECIDES.every((path) => equal(at(spec, path), at(run.spec, path))))
  const kin = timed.filter(
    (run) =>
      equal(at(spec, 'dataset.name'), at(run.spec, 'dataset.name')) &&
      equal(at(spec, 'model.preset'), at(run.spec, 'model.preset')),
  )
  const used = alike.length ? alike : kin
  if (used.length === 0) return null
  const seconds = used.map(perEpoch).sort((a, b) => a - b)
  return { seconds: seconds[Math.floor(seconds.length / 2)]!, runs: used.length, same: alike.length > 0 }
}

/** Of the whole run, start-up and saving included; epochs differ, and the last one is no measure of all. */
function perEpoch(run: Run): number {
  if (!run.started_at || !run.finished_at || run.epoch === 0) return run.metrics!.seconds!
  return (Date.parse(run.finished_at) - Date.parse(run.started_at)) / 1000 / run.epoch
}

/** The order of an object's keys says nothing. */
export function equal(one: unknown, other: unknown): boolean {
  return JSON.stringify(sorted(one)) === JSON.stringify(sorted(other))
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, part]) => [key, sorted(part)]),
  )
}
