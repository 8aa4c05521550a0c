/** The figures at the top of a run, each with a detail beside it and a note below. */

import { capital, count, duration, metric, percent, plural, shortened, timeLeft } from '../text/format'
import { FEW_IMAGES, intervalNote, intervalText } from '../text/interval'
import { generalizationGap, isInTestMode, TEST_MODE } from './generalization-gap'
import { currentEpoch, secondsLeft } from './status/run-status'
import { isActive, isTraining } from '../live/run-state'
import type { LiveRun } from '../api/types'
import { extreme } from '../charts/series'
import { leavesTestUnseen, monitorTitle, monitorOf, bestDirection } from '../spec/spec'
import type { MetricsTable, Report } from '../api/types'

export interface Stat {
  title: string
  value: string
  detail: string
  note?: string
  /** Of a run that trains: a text as long as the note will be once the first epoch has ended, whose place is kept. */
  place?: string
  isWarning?: boolean
}

/** `report` may be of any epoch on the validation split: it gives the support of each class. `now` is null without a connection. */
export function runStats(run: LiveRun, table: MetricsTable, report: Report | null, now: number | null): Stat[] {
  return [best(run, report), companion(run, table, report), epochs(run, now), gapStat(run, table), ...macroF1(run, report), ...tested(run)]
}

/** "Baseline (always Coat): 10.0%", the accuracy of always predicting the most common class. */
export function baselineText(report: Report | null): string {
  const most = report?.classes.reduce((a, b) => (b.support > a.support ? b : a))
  return most ? `Baseline (always ${shortened(most.name, 24)}): ${percent(report!.baseline_accuracy, 1)}` : ''
}

/** Runs that were trained before their images were counted have them only in the report. */
const imagesOf = (report: Report | null): number | undefined => report?.classes.reduce((images, { support }) => images + support, 0)

/** Returns interval and baseline of an accuracy, or the penalty in a loss. */
function noteOf(run: LiveRun, name: string, report: Report | null): string {
  if (name === 'val_accuracy') return [intervalNote(run.best?.metrics.val_accuracy, run.validation_images ?? imagesOf(report)), baselineText(report)].filter(Boolean).join('. ')
  const penalty = run.best?.metrics.penalty
  return name === 'val_loss' && penalty ? `Includes ${metric('loss', penalty)} of L1 and L2 penalty` : ''
}

function best(run: LiveRun, report: Report | null): Stat {
  const monitor = run.best?.monitor ?? monitorOf(run.spec)
  const optimistic = monitor.startsWith('val_') && !leavesTestUnseen(run.spec) ? 'Slightly optimistic: the epoch was picked on these images' : ''
  const notes = [noteOf(run, monitor, report), run.best ? optimistic : '']
  return {
    title: `Best ${monitorTitle(monitor)}`,
    value: metric(monitor, run.best?.value),
    detail: run.best ? `epoch ${count(run.best.epoch)}` : '',
    ...optionalNote(notes.filter(Boolean).join('. ')),
    ...place(run, [noteLike(monitor), optimistic]),
  }
}

const noteLike = (name: string): string => (name === 'val_accuracy' ? '95% interval 89.9 to 91.0% on 10,000 images. Baseline (always 9): 10.0%' : '')

function place(run: LiveRun, notes: string[]): { place?: string } {
  const text = notes.filter(Boolean).join('. ')
  return isActive(run) && text ? { place: text } : {}
}

const optionalNote = (note: string): { note?: string } => (note ? { note } : {})

/** The other metric at the best epoch (accuracy, or the loss when accuracy is monitored), and its best value of all epochs. */
function companion(run: LiveRun, table: MetricsTable, report: Report | null): Stat {
  const monitor = run.best?.monitor ?? monitorOf(run.spec)
  const name = monitor === 'val_accuracy' ? 'val_loss' : 'val_accuracy'
  const record = extreme(table, name, bestDirection(name))
  const value = metric(name, run.best?.metrics[name])
  const isOther = record !== null && record.epoch !== run.best?.epoch && metric(name, record.value) !== value
  return {
    title: `${capital(monitorTitle(name))} at that epoch`,
    value,
    detail: isOther ? `best ${metric(name, record.value)}, epoch ${count(record.epoch)}` : '',
    ...optionalNote(run.best ? noteOf(run, name, report) : ''),
    ...place(run, [noteLike(name)]),
  }
}

/** The score of the best model on images used neither for training nor for selecting the epoch. */
function tested(run: LiveRun): Stat[] {
  if (!run.test) return []
  const { accuracy, loss, val_accuracy, val_loss } = run.test.metrics
  const interval = intervalNote(accuracy ?? val_accuracy, run.test_images)
  return [
    {
      title: 'Test accuracy',
      value: metric('accuracy', accuracy ?? val_accuracy),
      detail: `loss ${metric('loss', loss ?? val_loss)}`,
      note: `${interval && `${interval}. `}Epoch ${count(run.test.epoch)}, on images not used for training or for picking the epoch`,
    },
  ]
}

/** Where a class has few validation images, the accuracy hardly depends on it, while macro F1 counts each class the same. */
function macroF1(run: LiveRun, report: Report | null): Stat[] {
  const rarest = report?.classes.reduce((a, b) => (b.support < a.support ? b : a))
  if (!report || !rarest || rarest.support >= FEW_IMAGES || report.epoch !== run.best?.epoch) return []
  const [low, high] = report.macro_f1_interval
  return [
    {
      title: 'Macro F1 at that epoch',
      value: metric('val_macro_f1', report.macro.f1),
      detail: `${percent(low, 1).replace('%', '')} to ${percent(high, 1)}`,
      note: rarestNote(rarest),
    },
  ]
}

function rarestNote({ name, recall, support }: Report['classes'][number]): string {
  const head = `${shortened(name, 24)}: ${support ? `only ${plural(support, 'image')}` : 'no validation image'}`
  return support ? `${head}, recall ${intervalText(recall, support)}` : head
}

function epochs(run: LiveRun, now: number | null): Stat {
  const left = secondsLeft(run, now)
  const took = durationText(run)
  if (run.status === 'stopping') return { title: 'Epochs trained', value: count(run.epoch), detail: `of ${count(run.epochs)}, finishing` }
  const time = left !== null ? `, ${timeLeft(left)} left` : took && `, in ${took}`
  return { title: 'Epoch', value: count(currentEpoch(run)), detail: `of ${count(run.epochs)}${time}`, ...optionalNote(left === null && took ? DURATION : ''), ...place(run, [DURATION]) }
}

/** Beside it there are the training time, which is that of the epochs alone, and the `fit` of the log. */
const DURATION = 'Duration from start to end, with reading the data, saving and the last evaluation'

/** Returns how long a run took; empty for an interrupted run, whose time includes more than training. */
export function durationText(run: LiveRun): string {
  if (isTraining(run) || run.attempt > 1 || !run.started_at || !run.finished_at) return ''
  return duration((Date.parse(run.finished_at) - Date.parse(run.started_at)) / 1000)
}

const TEST_MODE_NOTE = capital(TEST_MODE)

function gapStat(run: LiveRun, table: MetricsTable): Stat {
  const gap = generalizationGap(table)
  const title = 'Generalization gap'
  if (!gap) return { title, value: '–', detail: '', ...place(run, [TEST_MODE_NOTE]) }
  const note = { ...optionalNote(isInTestMode(table) ? TEST_MODE_NOTE : ''), ...place(run, [TEST_MODE_NOTE]) }
  const value = `${gap.points.toFixed(1).replace('-', '−')} pt`
  if (gap.since !== null) return { title, value, detail: `widening since epoch ${count(gap.since)}`, isWarning: gap.isHarmful, ...note }
  const epoch = `epoch ${count(table.epochs.at(-1))}`
  return { title, value, detail: gap.points < 0 ? `${epoch}, validation is higher` : epoch, ...note }
}
