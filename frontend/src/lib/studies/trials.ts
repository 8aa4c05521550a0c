/** The runs of a study as trials: what became of each, its objective, and the best one so far. */

import { figure, inPercent, isShare, percent } from '../text/format'
import type { StudyKind, TrialRow } from '../api/study-types'
import type { Json, Metrics } from '../api/types'

export type Outcome = 'finished' | 'pruned' | 'failed' | 'stopped' | 'training' | 'waiting'

export interface Trial {
  id: string
  name: string
  /** Counted from 0, in the order in which the study made them. */
  number: number
  outcome: Outcome
  /** True for a failed run that trained to its end, but whose objective was never a number. */
  isNan: boolean
  /** The objective; null before the first epoch, and where it is NaN. */
  value: number | null
  /** The epoch of `value`. */
  valueEpoch: number | null
  values: Record<string, Json>
  spark: (number | null)[]
  epoch: number
  epochs: number
  /** From start to end; null while it trains or waits. */
  seconds: number | null
}

/** "#3", as in the run's name. */
export const trialName = ({ number }: Pick<Trial, 'number'>): string => `#${number}`

/** A pruned run that a person resumes stays a pruned one: its objective had another budget. */
export function outcomeOf({ status, pruned_epoch }: Pick<TrialRow, 'status' | 'pruned_epoch'>): Outcome {
  if (pruned_epoch !== null) return 'pruned'
  if (status === 'finished' || status === 'failed' || status === 'stopped') return status
  return status === 'queued' ? 'waiting' : 'training'
}

export function trialOf(row: TrialRow, objective: string): Trial {
  const { value, epoch } = objectiveOf(row, objective)
  const outcome = outcomeOf(row)
  const isNan = outcome === 'finished' && value === null
  return {
    id: row.id,
    name: row.name,
    number: row.trial ?? 0,
    outcome: isNan ? 'failed' : outcome,
    isNan,
    value,
    valueEpoch: epoch,
    values: row.study_values ?? {},
    spark: row.spark,
    epoch: row.pruned_epoch ?? row.epoch,
    epochs: row.epochs,
    seconds: row.started_at && row.finished_at ? (Date.parse(row.finished_at) - Date.parse(row.started_at)) / 1000 : null,
  }
}

/** `best.NAME` is the metric at the best epoch, `last.NAME` at the latest one. */
function objectiveOf(row: TrialRow, objective: string): { value: number | null; epoch: number | null } {
  const [part, name] = objective.split('.') as [string, keyof Metrics]
  const metrics = part === 'last' ? row.metrics : row.best?.metrics
  const value = metrics?.[name]
  if (typeof value !== 'number') return { value: null, epoch: null }
  return { value, epoch: part === 'last' ? row.epoch : row.best!.epoch }
}

export const metricOf = (objective: string): string => objective.slice(objective.indexOf('.') + 1)
export const isLowest = (objective: string): boolean => objective.endsWith('loss')
export const isBetter = (objective: string, value: number, than: number): boolean => (isLowest(objective) ? value < than : value > than)

export interface ScoredTrial extends Trial {
  value: number
}
export const hasValue = (trial: Trial): trial is ScoredTrial => trial.value !== null

/** Returns the finished trials with an objective, the best one first; ties in the order of their numbers. */
export function ranked(trials: Trial[], objective: string): ScoredTrial[] {
  const sign = isLowest(objective) ? 1 : -1
  return trials.filter((trial) => trial.outcome === 'finished').filter(hasValue).sort((a, b) => sign * (a.value - b.value) || a.number - b.number)
}

/** Returns the best objective among the finished trials up to each one, as steps. */
export function bestSoFar(trials: Trial[], objective: string): { number: number; value: number }[] {
  let best: number | null = null
  const steps: { number: number; value: number }[] = []
  for (const trial of trials.filter((other) => other.outcome === 'finished').filter(hasValue).sort((a, b) => a.number - b.number)) {
    if (best !== null && !isBetter(objective, trial.value, best)) continue
    best = trial.value
    steps.push({ number: trial.number, value: best })
  }
  return steps
}

/** Returns how long pruned runs would have trained to their last epoch, at the mean pace of the finished ones. */
export function secondsSaved(trials: Trial[]): number {
  const finished = trials.filter((trial) => trial.outcome === 'finished' && trial.seconds !== null)
  const epochs = sum(finished.map((trial) => trial.epoch))
  const pace = epochs ? sum(finished.map((trial) => trial.seconds!)) / epochs : 0
  return pace * sum(trials.filter((trial) => trial.outcome === 'pruned').map((trial) => trial.epochs - trial.epoch))
}

const sum = (numbers: number[]): number => numbers.reduce((total, number) => total + number, 0)

/** Formats an objective: accuracies as percentages, losses as numbers. */
export const valueText = (objective: string, value: number | null): string =>
  isShare(objective) ? percent(value) : figure(value)

/** Formats a difference of two objectives: "+1.86 pt", "−0.0123". */
export function differenceText(objective: string, difference: number): string {
  const sign = difference < 0 ? '−' : '+'
  const size = Math.abs(difference)
  return isShare(objective) ? `${sign}${inPercent(size, 2)} pt` : `${sign}${figure(size)}`
}

/** Formats the spread beside a mean: "± 0.42" in percentage points, or in the objective's own unit. */
export function spreadText(objective: string, deviation: number | null): string {
  if (deviation === null) return ''
  return `± ${isShare(objective) ? inPercent(deviation, 2) : figure(deviation)}`
}

const SHORT_TITLES: Record<string, string> = { val_accuracy: 'val. accuracy', val_macro_f1: 'val. macro F1', val_loss: 'val. loss', accuracy: 'training accuracy', loss: 'training loss' }

/** "val. accuracy": the objective where there is little room. */
export const objectiveTitle = (objective: string): string => SHORT_TITLES[metricOf(objective)] ?? metricOf(objective)

/** True for kinds that search settings: they have a best run, importance and slices. */
export const searches = (kind: StudyKind): boolean => kind === 'grid' || kind === 'random' || kind === 'tpe'
