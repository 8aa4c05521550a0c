import { expect, test } from 'vitest'
import { ending, restoredEpoch } from './early'
import type { Run } from './types'

const early = { monitor: 'val_accuracy', patience: 2, min_delta: 0, restore_best_weights: true }
const spec = { callbacks: { early_stopping: early } }
const table = { epochs: [1, 2, 3, 4], series: { val_accuracy: [0.7, 0.8, null, 0.805] } }
const run = { status: 'finished', ended_by: 'early_stopping', epoch: 4, spec } as unknown as Run

test('the last epoch that was better is put back', () => {
  expect(restoredEpoch(spec, table)).toBe(4)
  expect(restoredEpoch({ callbacks: { early_stopping: { ...early, min_delta: 0.01 } } }, table)).toBe(2)
  expect(restoredEpoch({ callbacks: { early_stopping: { ...early, restore_best_weights: false } } }, table)).toBeNull()
  expect(restoredEpoch({ callbacks: { early_stopping: null } }, table)).toBeNull()
})

test('an early end is told, and whose weights were restored', () => {
  const strict = { callbacks: { early_stopping: { ...early, min_delta: 0.01 } } }
  expect(ending({ ...run, spec: strict }, table)).toBe('stopped early in epoch 4; weights of epoch 2 restored')
  expect(ending({ ...run, ended_by: 'epochs' }, table)).toBe('')
  expect(ending({ ...run, status: 'running' }, table)).toBe('')
})

test("a person's end is told with what is kept", () => {
  expect(ending({ ...run, status: 'stopped', ended_by: 'finish' }, table)).toBe('somebody asked for the end after epoch 4')
  expect(ending({ ...run, status: 'stopped', ended_by: 'kill' }, table)).toBe('somebody killed it; epochs up to 4 are kept')
})
