import { expect, test } from 'vitest'
import { endedByText, finalModelText, restoredEpoch } from './ended-by'
import type { Run } from '../../api/types'

const early = { monitor: 'val_accuracy', patience: 2, min_delta: 0, restore_best_weights: true }
const spec = { callbacks: { early_stopping: early } }
const table = { epochs: [1, 2, 3, 4], series: { val_accuracy: [0.7, 0.8, null, 0.805] }, elapsed: [] }
const run = { status: 'finished', ended_by: 'early_stopping', epoch: 4, spec } as unknown as Run

test('the weights of the last improvement are restored', () => {
  expect(restoredEpoch(spec, table)).toBe(4)
  expect(restoredEpoch({ callbacks: { early_stopping: { ...early, min_delta: 0.01 } } }, table)).toBe(2)
  expect(restoredEpoch({ callbacks: { early_stopping: { ...early, restore_best_weights: false } } }, table)).toBeNull()
  expect(restoredEpoch({ callbacks: { early_stopping: null } }, table)).toBeNull()
})

test('early stopping is described with the restored epoch', () => {
  const strict = { callbacks: { early_stopping: { ...early, min_delta: 0.01 } } }
  expect(endedByText({ ...run, spec: strict }, table)).toBe('early stopping after epoch 4; weights of epoch 2 restored')
  expect(endedByText({ ...run, ended_by: 'epochs' }, table)).toBe('')
  expect(endedByText({ ...run, status: 'running' }, table)).toBe('')
})

test('the final model is described as having the weights that early stopping restored', () => {
  const strict = { callbacks: { early_stopping: { ...early, min_delta: 0.01 } } }
  expect(finalModelText({ ...run, spec: strict }, table)).toBe('the model at the end of training, with the weights of epoch 2')
  expect(finalModelText(run, table)).toBe('the model at the end of training')
})

test('a run that trained nothing has no epochs to speak of', () => {
  const empty = { ...run, status: 'stopped' as const, epoch: 0 }
  for (const ended_by of ['finish', 'kill'] as const) {
    expect(endedByText({ ...empty, ended_by, started_at: null }, table)).toBe('a user removed it from the queue before it started')
    expect(endedByText({ ...empty, ended_by, started_at: '2026-01-10T12:00:00Z' }, table)).toBe('a user stopped it before its first epoch was complete')
  }
  expect(endedByText({ ...empty, ended_by: 'kill', epoch: 1 }, table)).toBe('a user killed it; epoch 1 is kept')
})

test('a stop by a user is described with the kept epochs', () => {
  expect(endedByText({ ...run, status: 'stopped', ended_by: 'finish' }, table)).toBe('a user stopped it after epoch 4')
  expect(endedByText({ ...run, status: 'stopped', ended_by: 'kill' }, table)).toBe('a user killed it; epochs 1 to 4 are kept')
  expect(endedByText({ ...run, status: 'stopped', ended_by: 'pruned' }, table)).toBe("its study's pruner ended it after epoch 4; its best is kept")
})
