/** The four numbers at the head of a run, with what stands beside each. */

import { ticking, duration, metric } from './format'
import { gap } from './gap'
import { currentEpoch, isTraining, secondsLeft, type LiveRun } from './runs'
import { extreme } from './series'
import { monitorTitle, monitorOf, wanted } from './spec'
import type { MetricsTable } from './types'

export interface Stat {
  title: string
  value: string
  beside: string
  warns?: boolean
}

export function stats(run: LiveRun, table: MetricsTable, now: number): Stat[] {
  return [best(run), companion(run, table), epochs(run, now), between(table)]
}

function best(run: LiveRun): Stat {
  const monitor = run.best?.monitor ?? monitorOf(run.spec)
  return {
    title: `Best ${monitorTitle(monitor)}`,
    value: metric(monitor, run.best?.value),
    beside: run.best ? `epoch ${run.best.epoch}` : '',
  }
}

/** The other figure at the best epoch: accuracy, or the loss where accuracy chose it; and the best one ever seen. */
function companion(run: LiveRun, table: MetricsTable): Stat {
  const monitor = run.best?.monitor ?? monitorOf(run.spec)
  const name = monitor === 'val_accuracy' ? 'val_loss' : 'val_accuracy'
  const seen = extreme(table, name, wanted(name))
  const isOther = seen !== null && seen.epoch !== run.best?.epoch
  return {
    title: `Its ${monitorTitle(name)}`,
    value: metric(name, run.best?.metrics[name]),
    beside: isOther ? `best seen ${metric(name, seen.value)}, epoch ${seen.epoch}` : '',
  }
}

function epochs(run: LiveRun, now: number): Stat {
  const left = secondsLeft(run, now)
  const took = tookOf(run)
  const time = left !== null ? `, ${ticking(left)} left` : took && `, in ${took}`
  return { title: 'Epoch', value: String(currentEpoch(run)), beside: `of ${run.epochs}${time}` }
}

/** How long the run took; empty while it hasn't ended. */
export function tookOf(run: LiveRun): string {
  if (isTraining(run) || !run.started_at || !run.finished_at) return ''
  return duration((Date.parse(run.finished_at) - Date.parse(run.started_at)) / 1000)
}

function between(table: MetricsTable): Stat {
  const found = gap(table)
  const title = 'Gap, training to validation'
  if (!found) return { title, value: '–', beside: '' }
  const value = `${found.points.toFixed(1).replace('-', '−')} pt`
  if (found.since !== null) return { title, value, beside: `widening since epoch ${found.since}`, warns: true }
  const epoch = `epoch ${table.epochs.at(-1)}`
  return { title, value, beside: found.points < 0 ? `${epoch}, validation is ahead` : epoch }
}
