import { expect, test } from 'vitest'
import { row, study } from './study-examples'
import { shownPaths, trialOrder, trialStatus } from './trial-table'
import { trialOf, type Trial } from './trials'

const OBJECTIVE = 'best.val_accuracy'
const finished = [0.8, 0.9].map((value, trial) => trialOf(row({ trial, value, values: { batch_size: 32, seed: trial, epochs: 5 } }), OBJECTIVE))
const pruned = trialOf(row({ trial: 2, value: 0.95, pruned_epoch: 3 }), OBJECTIVE)
const nan = trialOf(row({ trial: 3, value: null }), OBJECTIVE)
const all: Trial[] = [...finished, pruned, nan]

test('finished runs are ranked, the others follow, the latest first', () => {
  expect(trialOrder(all, OBJECTIVE, 'best').map(({ trial, rank }) => [trial.number, rank])).toEqual([[1, 1], [0, 2], [3, null], [2, null]])
  expect(trialOrder(all, OBJECTIVE, 'made').map(({ trial }) => trial.number)).toEqual([0, 1, 2, 3])
})

test('each run says what became of it', () => {
  expect(all.map((trial) => trialStatus(trial).text)).toEqual(['Finished', 'Finished', 'Pruned, epoch 3', 'Only NaN'])
  const training = trialOf(row({ trial: 4, value: null, status: 'running', epoch: 2, epochs: 5 }), OBJECTIVE)
  const failed = trialOf(row({ trial: 5, value: null, status: 'failed', epoch: 1 }), OBJECTIVE)
  expect([training, failed].map((trial) => trialStatus(trial).text)).toEqual(['Epoch 3 of 5', 'Failed after 1 epoch'])
})

test('the columns are the settings, then what the runs differ in', () => {
  expect(shownPaths(study({ space: { batch_size: [32, 64] } }), finished)).toEqual(['batch_size', 'seed'])
})
