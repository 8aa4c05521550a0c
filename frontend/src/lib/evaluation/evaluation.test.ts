import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import * as api from '../api/client'
import { Evaluation } from './evaluation.svelte'
import type { NonzeroMatrix, Report } from '../api/types'

vi.mock('../api/client', () => ({ readMatrixWithReport: vi.fn() }))

beforeEach(() => {
  vi.useFakeTimers()
  vi.mocked(api.readMatrixWithReport).mockImplementation((_, epoch) => {
    const matrix = { epoch: Number(epoch), split: 'validation', rows: [] } as unknown as NonzeroMatrix
    return Promise.resolve({ matrix, report: {} as Report })
  })
})
afterEach(() => {
  vi.clearAllMocks()
  vi.useRealTimers()
})

test('a best epoch that moves on every second is read after twice as long as the run has trained, at most 30 seconds', async () => {
  const evaluation = new Evaluation('r1')
  for (let epoch = 1; epoch <= 130; epoch += 1) {
    evaluation.request(epoch, 'validation', epoch * 1_000)
    await vi.advanceTimersByTimeAsync(1_000)
  }
  expect(vi.mocked(api.readMatrixWithReport).mock.calls.map(([, epoch]) => Number(epoch))).toEqual([1, 2, 6, 18, 48, 78, 108])
})

test('the best epoch of a run that has ended is read at once', async () => {
  const evaluation = new Evaluation('r1')
  evaluation.request(5, 'validation', 60_000)
  evaluation.request(9, 'validation', null)
  await vi.advanceTimersByTimeAsync(0)
  expect(evaluation.matrix?.epoch).toBe(9)
})

test('an epoch that a person chooses is read at once, and the best one no more', async () => {
  const evaluation = new Evaluation('r1')
  evaluation.request(5, 'validation', 60_000)
  await vi.advanceTimersByTimeAsync(0)
  evaluation.request(6, 'validation', 61_000)
  evaluation.request(2, 'validation', null)
  await vi.advanceTimersByTimeAsync(120_000)
  expect(evaluation.matrix?.epoch).toBe(2)
})
