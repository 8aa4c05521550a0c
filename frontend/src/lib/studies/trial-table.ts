/** The table of a study's runs: their order, status and columns. */

import type { Json } from '../api/types'
import type { Study } from '../api/study-types'
import { plural } from '../text/format'
import { curveScale } from '../charts/sparkline'
import { settingPaths, valueOf } from './study-text'
import { ranked, type Trial } from './trials'

export interface TrialRank {
  trial: Trial
  /** Place among the finished runs; null for others. */
  rank: number | null
}

/** Best first: finished runs by their objective, then the others, the latest first. */
export function trialOrder(trials: Trial[], objective: string, order: 'best' | 'made'): TrialRank[] {
  const places = new Map(ranked(trials, objective).map((trial, place) => [trial.id, place + 1]))
  const rows = trials.map((trial) => ({ trial, rank: places.get(trial.id) ?? null }))
  const byNumber = (a: TrialRank, b: TrialRank): number => a.trial.number - b.trial.number
  if (order === 'made') return rows.sort(byNumber)
  return rows.sort((a, b) => (a.rank ?? Infinity) - (b.rank ?? Infinity) || byNumber(b, a))
}

/** The settings of the study, and what else its runs differ in, such as the seed. */
export function shownPaths(study: Study, trials: Trial[]): string[] {
  const found = [...new Set(trials.flatMap((trial) => Object.keys(trial.values)))]
  const differs = (path: string): boolean => new Set(trials.map((trial) => JSON.stringify(trial.values[path]))).size > 1
  return [...new Set([...settingPaths(study), ...found.filter(differs)])]
}

/** The value of a setting of a trial; a rung of a ladder is named by what it adds. */
export function settingText({ ladder }: Pick<Study, 'ladder'>, path: string, value: Json | undefined): string {
  const rung = path === 'rung' ? ladder?.find((step) => step.rung === value) : undefined
  return rung?.title ?? valueOf(value)
}

/** One scale for the sparklines of a study, as in the table of runs: a tenth of the runs may leave it at each end. */
export function trialScale(trials: Trial[]): { low: number; high: number } {
  return curveScale(trials.map(({ spark }) => spark))
}

export function trialStatus({ outcome, epoch, epochs, isNan }: Trial): { tone: 'live' | 'wait' | 'ok' | 'stop' | 'bad' | 'pruned'; text: string } {
  if (outcome === 'finished') return { tone: 'ok', text: 'Finished' }
  if (isNan) return { tone: 'bad', text: 'Only NaN' }
  if (outcome === 'pruned') return { tone: 'pruned', text: `Pruned, epoch ${epoch}` }
  if (outcome === 'stopped') return { tone: 'stop', text: epoch ? `Stopped, epoch ${epoch}` : 'Stopped' }
  if (outcome === 'training') return { tone: 'live', text: epoch ? `Epoch ${Math.min(epoch + 1, epochs)} of ${epochs}` : 'Preparing' }
  return outcome === 'failed' ? { tone: 'bad', text: epoch ? `Failed after ${plural(epoch, 'epoch')}` : 'Failed' } : { tone: 'wait', text: 'Queued' }
}
