import { expect, test } from 'vitest'
import { row, study } from './study-examples'
import { studyStats } from './study-stats'
import { emptySentence, headline, outcomeCounts, settingPaths, studyStatus } from './study-text'
import { trialOf } from './trials'

const OBJECTIVE = 'best.val_accuracy'
const counts = { total: 4, finished: 0, failed: 0, pruned: 0, stopped: 0, running: 0, queued: 0, to_come: 0 }
const trial = (changes: Parameters<typeof row>[0]) => trialOf(row(changes), OBJECTIVE)

test('a study in one line', () => {
  const search = study({ kind: 'tpe', space: { batch_size: [32, 64] }, request: { pruner: 'median' }, seeds: [0, 1] })
  expect(headline(search)).toEqual(['TPE search over 1 setting: strided CNN on Digits', 'highest validation accuracy at the best epoch', 'median pruner', 'seeds 0 and 1'])
  expect(headline(study({ kind: 'ladder', request: { pruner: 'none' } }))).toEqual(['Ladder: one change a rung, on Digits', 'highest validation accuracy at the best epoch'])
})

test('the status counts the runs that have ended', () => {
  expect(studyStatus({ status: 'running', runs: { ...counts, finished: 1, pruned: 1 } }).text).toBe('2 of 4 runs ended')
  expect(studyStatus({ status: 'finished', runs: { ...counts, failed: 4 } }).text).toBe('All runs failed')
  expect(studyStatus({ status: 'stopped', runs: { ...counts, running: 1 } }).text).toBe('Stopping, 1 run left')
  expect(studyStatus({ status: 'stopped', runs: counts }).text).toBe('Stopped')
})

test('runs that are not made yet are to come', () => {
  const trials = [trial({ trial: 0, value: 0.9 }), trial({ trial: 1, value: null })]
  expect(outcomeCounts(trials, { status: 'running', runs: counts }).map(({ n, text }) => `${n} ${text}`)).toEqual(['1 finished', '1 failed', '2 to come'])
})

test('an empty, a failed and a NaN study each say what to do', () => {
  const failed = trial({ trial: 0, value: null, status: 'failed' })
  const nan = trial({ trial: 1, value: null })
  expect(emptySentence([], { status: 'running' })).toContain('not finished yet')
  expect(emptySentence([], { status: 'stopped' })).toContain('Add runs')
  expect(emptySentence([failed], { status: 'running' })).toContain('some failed')
  expect(emptySentence([failed, nan], { status: 'finished' })).toContain('open one in the table')
  expect(emptySentence([nan], { status: 'finished' })).toContain('lower learning rates')
  expect(emptySentence([trial({ trial: 2, value: 0.9 })], { status: 'finished' })).toBe('')
})

test('settings are in the order of their importance', () => {
  const search = study({ space: { batch_size: [32], 'model.options.l2': [0, 1] }, importance: { 'model.options.l2': 0.9, batch_size: 0.1 } })
  expect(settingPaths(search)).toEqual(['model.options.l2', 'batch_size'])
})

test('the figures of a search: the best run, what was pruned, the time', () => {
  const search = study({ kind: 'tpe', runs: { ...counts, finished: 1, pruned: 1 } })
  const stats = studyStats(search, [trial({ trial: 0, value: 0.9 }), trial({ trial: 1, value: 0.5, pruned_epoch: 1, epoch: 1, epochs: 5 })])
  expect(stats.map(({ title, value, detail }) => `${title}: ${value} ${detail}`)).toEqual([
    'Best val. accuracy: 90.00% epoch 4',
    'Finished: 1 of 4 1 pruned',
    'Took: 1 min 10 s a run',
    'Saved by pruning: 8 s 1 run stopped early',
  ])
})
