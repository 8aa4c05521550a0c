/** A study in words: its kind, what it does in one line, its status and its counts. */

import { metricOf } from './trials'
import { choiceText, numberText } from './scale'
import { bestDirection, datasetOf, modelOf, monitorTitle } from '../spec/spec'
import { count, listed, plural } from '../text/format'
import type { Range, Study, StudyKind } from '../api/study-types'
import type { Json } from '../api/types'
import type { Outcome, Trial } from './trials'

const TITLES: Record<StudyKind, string> = {
  repeat: 'Repeat',
  grid: 'Grid',
  random: 'Random search',
  tpe: 'TPE search',
  learning_curve: 'Learning curve',
  ladder: 'Ladder',
}

export const kindTitle = (kind: StudyKind): string => TITLES[kind] ?? kind

type Described = Pick<Study, 'kind' | 'spec' | 'space' | 'seeds' | 'objective' | 'request'>

/** "TPE search over 2 settings of a strided CNN on Digits · highest validation accuracy at the best epoch · median pruner". */
export function headline(study: Described): string[] {
  const settings = Object.keys(study.space ?? {})
  const subject = study.kind === 'ladder' ? `one change a rung, on ${datasetOf(study.spec)}` : `${modelOf(study.spec)} on ${datasetOf(study.spec)}`
  const metric = metricOf(study.objective)
  return [
    `${kindTitle(study.kind)}${settings.length ? ` over ${plural(settings.length, 'setting')}` : ''}: ${subject}`,
    `${bestDirection(metric)} ${monitorTitle(metric)} at the best epoch`,
    ...prunerText(study.request.pruner),
    ...(study.seeds?.length ? [seedsText(study.seeds)] : []),
  ]
}

function prunerText(pruner: Json | undefined): string[] {
  if (pruner === 'halving') return ['successive halving']
  return typeof pruner === 'string' && pruner !== 'none' ? [`${pruner} pruner`] : []
}

const seedsText = (seeds: number[]): string =>
  seeds.length === 1 ? `seed ${seeds[0]}` : seeds.length > 6 ? `${seeds.length} seeds` : `seeds ${listed(seeds.map(String))}`

/** A stopped study may still wait for runs in training. */
export const isActive = ({ runs }: Pick<Study, 'runs'>): boolean => runs.running + runs.queued > 0

/** "Run 5 of 12", "Finished", "Stopped": the words of the status beside the name. */
export function studyStatus({ status, runs }: Pick<Study, 'status' | 'runs'>): { text: string; tone: 'live' | 'ok' | 'stop' | 'bad' } {
  const ended = runs.finished + runs.failed + runs.pruned + runs.stopped
  if (status === 'running') return { text: `${count(ended)} of ${plural(runs.total, 'run')} ended`, tone: 'live' }
  if (status === 'stopped' && isActive({ runs })) return { text: `Stopping, ${plural(runs.running + runs.queued, 'run')} left`, tone: 'live' }
  if (status === 'stopped') return { text: 'Stopped', tone: 'stop' }
  return runs.finished === 0 && runs.failed > 0 ? { text: 'All runs failed', tone: 'bad' } : { text: 'Finished', tone: 'ok' }
}

const OUTCOMES: { outcome: Outcome; text: string }[] = [
  { outcome: 'finished', text: 'finished' },
  { outcome: 'pruned', text: 'pruned' },
  { outcome: 'failed', text: 'failed' },
  { outcome: 'stopped', text: 'stopped' },
  { outcome: 'training', text: 'training' },
  { outcome: 'waiting', text: 'to come' },
]

/** Counts the runs by what became of them; those that the study has not made yet are to come, unless it was stopped. */
export function outcomeCounts(trials: Trial[], { status, runs }: Pick<Study, 'status' | 'runs'>): { outcome: Outcome; text: string; n: number }[] {
  const unmade = status === 'running' ? Math.max(0, runs.total - trials.length) : 0
  const counted = OUTCOMES.map(({ outcome, text }) => ({
    outcome,
    text,
    n: trials.filter((trial) => trial.outcome === outcome).length + (outcome === 'waiting' ? unmade : 0),
  }))
  return counted.filter(({ n }) => n > 0)
}

/** Says why there is nothing to compare yet; empty once a run has finished. */
export function emptySentence(trials: Trial[], { status }: Pick<Study, 'status'>): string {
  if (trials.some((trial) => trial.outcome === 'finished')) return ''
  const failed = trials.filter((trial) => trial.outcome === 'failed')
  if (status === 'running') return failed.length ? 'No run has finished yet, and some failed: open one in the table to see why.' : 'The first run has not finished yet. Results appear as runs finish.'
  if (failed.length && failed.every((trial) => trial.isNan)) return 'The objective of every run is NaN: the training diverged. Start again with lower learning rates.'
  return failed.length ? 'No run finished, and some failed: open one in the table to see why.' : 'No run finished before the study ended. Add runs to go on.'
}

export const valueOf = (value: Json | undefined): string => (value === undefined ? 'not set' : typeof value === 'number' ? numberText(value) : choiceText(value))

/** The space of a setting, or the values that its runs have where the study has none. */
export function settingValues(study: Pick<Study, 'space'>, trials: Trial[], path: string): Json[] | Range {
  const space = study.space?.[path]
  if (space) return space
  return [...new Map(trials.map((trial) => [JSON.stringify(trial.values[path] ?? null), trial.values[path] ?? null])).values()]
}

/** The settings that the runs of a study differ in, the most important one first. */
export function settingPaths(study: Pick<Study, 'space' | 'importance'>): string[] {
  const share = (path: string): number => study.importance?.[path] ?? 0
  return Object.keys(study.space ?? {}).sort((a, b) => share(b) - share(a))
}

