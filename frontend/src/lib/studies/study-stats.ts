/** The large figures at the top of a study's page. */

import { objectiveTitle, ranked, secondsSaved, spreadText, valueText, type Trial } from './trials'
import { NONE, capital, duration, plural, timeLeft } from '../text/format'
import type { Study } from '../api/study-types'

export interface StudyStat {
  title: string
  value: string
  detail: string
  /** The run that the figure comes from. */
  run?: { id: string; text: string }
}

export function studyStats(study: Study, trials: Trial[]): StudyStat[] {
  return [study.kind === 'repeat' ? meanStat(study) : bestStat(study, trials), runsStat(study, trials), timeStat(study, trials), ...prunedStat(trials)]
}

function bestStat({ objective }: Study, trials: Trial[]): StudyStat {
  const best = ranked(trials, objective)[0]
  const title = `Best ${objectiveTitle(objective)}`
  if (!best) return { title, value: NONE, detail: 'no finished run' }
  return { title, value: valueText(objective, best.value), detail: best.valueEpoch === null ? '' : `epoch ${best.valueEpoch}`, run: { id: best.id, text: `run #${best.number}` } }
}

function meanStat({ objective, summary }: Study): StudyStat {
  const row = summary[0]
  const title = `Mean ${objectiveTitle(objective)}`
  if (!row || row.mean === null) return { title, value: NONE, detail: 'no finished run' }
  return { title, value: valueText(objective, row.mean), detail: [spreadText(objective, row.deviation), plural(row.n, 'seed')].filter(Boolean).join(', ') }
}

function runsStat({ runs }: Study, trials: Trial[]): StudyStat {
  const training = trials.filter((trial) => trial.outcome === 'training').length
  const parts = [
    ...(runs.pruned ? [`${runs.pruned} pruned`] : []),
    ...(runs.failed ? [`${runs.failed} failed`] : []),
    ...(training ? [`${training} training`] : []),
  ]
  return { title: 'Finished', value: `${runs.finished} of ${runs.total}`, detail: parts.join(', ') }
}

function timeStat({ status, eta_seconds: left, created_at, finished_at }: Study, trials: Trial[]): StudyStat {
  if (status === 'running') return { title: 'Time left', value: left === null ? NONE : capital(timeLeft(left)), detail: left === null ? 'known once a run has finished' : 'on these slots' }
  const seconds = finished_at ? (Date.parse(finished_at) - Date.parse(created_at)) / 1000 : null
  return { title: 'Took', value: seconds === null ? NONE : duration(seconds), detail: meanTime(trials) }
}

function meanTime(trials: Trial[]): string {
  const times = trials.flatMap(({ outcome, seconds }) => (outcome === 'finished' && seconds !== null ? [seconds] : []))
  return times.length ? `${duration(times.reduce((sum, time) => sum + time, 0) / times.length)} a run` : ''
}

function prunedStat(trials: Trial[]): StudyStat[] {
  const pruned = trials.filter((trial) => trial.outcome === 'pruned').length
  const saved = secondsSaved(trials)
  return pruned ? [{ title: 'Saved by pruning', value: duration(saved), detail: `${plural(pruned, 'run')} stopped early` }] : []
}

