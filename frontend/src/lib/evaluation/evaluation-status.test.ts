import { expect, test } from 'vitest'
import type { Evaluation } from '../api/evaluations'
import { isComputing, staleText, statusText } from './evaluation-status'

const evaluation = (changes: Partial<Evaluation>): Evaluation => ({
  kind: 'map', status: 'running', progress: 0, error: null, created_at: '', finished_at: null, epoch: 3, is_current: true, ...changes,
})

test('a job waits, loads the model, and then tells its progress', () => {
  expect(statusText(evaluation({ status: 'queued' }))).toBe('Waiting for a worker')
  expect(statusText(evaluation({}))).toBe('Loading the model')
  expect(statusText(evaluation({ progress: 0.404 }))).toBe('Computing, 40%')
})

test('a job is read again until it ends', () => {
  expect([undefined, null, evaluation({}), evaluation({ status: 'failed' }), evaluation({ status: 'ready' })].map(isComputing)).toEqual([false, false, true, false, false])
})

test('a result of an earlier best model says so', () => {
  expect(staleText(evaluation({}))).toBe('')
  expect(staleText(evaluation({ is_current: false }))).toContain('This is of epoch 3')
})
