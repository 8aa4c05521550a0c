/** The numbers at the head of a run, with what stands beside and below each. */

import { ticking, duration, metric, percent } from './format'
import { gap } from './gap'
import { currentEpoch, isTraining, secondsLeft, type LiveRun } from './runs'
import { extreme } from './series'
import { isFromTrain, monitorTitle, monitorOf, wanted } from './spec'
import type { MetricsTable, Report } from './types'

export interface Stat {
  title: string
  value: string
  beside: string
  note?: string
  warns?: boolean
}

/** `report` is that of any epoch on the validation images: it knows how often each class comes. */
export function stats(run: LiveRun, table: MetricsTable, report: Report | null, now: number): Stat[] {
  return [best(run, report), companion(run, table, report), epochs(run, now), between(table), ...tested(run)]
}

/** "always answering Coat: 10.0%": what an accuracy has to beat. */
export function baseline(report: Report | null): string {
  const most = report?.classes.reduce((one, other) => (other.support > one.support ? other : one))
  return most ? `always answering ${most.name}: ${percent(report!.baseline_accuracy, 1)}` : ''
}

/** What a figure of the best epoch is made of, or has to beat. */
function noteOf(run: LiveRun, name: string, report: Report | null): string {
  if (name === 'val_accuracy') return baseline(report)
  const penalty = run.best?.metrics.penalty
  return name === 'val_loss' && penalty ? `${metric('loss', penalty)} of it is the penalty` : ''
}

function best(run: LiveRun, report: Report | null): Stat {
  const monitor = run.best?.monitor ?? monitorOf(run.spec)
  const isOptimistic = run.best !== null && monitor.startsWith('val_') && !isFromTrain(run.spec)
  const notes = [noteOf(run, monitor, report), isOptimistic ? 'chosen on these images, so a little optimistic' : '']
  return {
    title: `Best ${monitorTitle(monitor)}`,
    value: metric(monitor, run.best?.value),
    beside: run.best ? `epoch ${run.best.epoch}` : '',
    ...noted(notes.filter(Boolean).join('; ')),
  }
}

const noted = (note: string): { note?: string } => (note ? { note } : {})

/** The other figure at the best epoch: accuracy, or the loss where accuracy chose it; and the best one ever seen. */
function companion(run: LiveRun, table: MetricsTable, report: Report | null): Stat {
  const monitor = run.best?.monitor ?? monitorOf(run.spec)
  const name = monitor === 'val_accuracy' ? 'val_loss' : 'val_accuracy'
  const seen = extreme(table, name, wanted(name))
  const isOther = seen !== null && seen.epoch !== run.best?.epoch
  return {
    title: `Its ${monitorTitle(name)}`,
    value: metric(name, run.best?.metrics[name]),
    beside: isOther ? `best seen ${metric(name, seen.value)}, epoch ${seen.epoch}` : '',
    ...noted(run.best ? noteOf(run, name, report) : ''),
  }
}

/** The best model on images that neither training nor the choice of the epoch has seen. */
function tested(run: LiveRun): Stat[] {
  if (!run.test) return []
  const { accuracy, loss, val_accuracy, val_loss } = run.test.metrics
  return [
    {
      title: 'Accuracy on the test split',
      value: metric('accuracy', accuracy ?? val_accuracy),
      beside: `loss ${metric('loss', loss ?? val_loss)}`,
      note: `epoch ${run.test.epoch}, on images never looked at before`,
    },
  ]
}

function epochs(run: LiveRun, now: number): Stat {
  const left = secondsLeft(run, now)
  const took = tookOf(run)
  if (run.status === 'stopping') return { title: 'Epochs trained', value: String(run.epoch), beside: `of ${run.epochs}, and no new one begins` }
  const time = left !== null ? `, ${ticking(left)} left` : took && `, in ${took}`
  return { title: 'Epoch', value: String(currentEpoch(run)), beside: `of ${run.epochs}${time}` }
}

/** How long a run took; nothing of one that was interrupted, whose time holds more than its training. */
export function tookOf(run: LiveRun): string {
  if (isTraining(run) || run.attempt > 1 || !run.started_at || !run.finished_at) return ''
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
