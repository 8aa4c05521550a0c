import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import * as api from '../api/client'
import { Evaluation } from './evaluation.svelte'
import type { NonzeroMatrix, Report } from '../api/types'

vi.mock('../api/client', () => ({ readNonzeroMatrix: vi.fn(), readReport: vi.fn() }))

beforeEach(() => {
  vi.useFakeTimers()
  vi.mocked(api.readReport).mockResolvedValue({} as Report)
  vi.mocked(api.readNonzeroMatrix).mockImplementation((_, epoch) => Promise.resolve({ epoch: Number(epoch), split: 'validation', rows: [] } as unknown as NonzeroMatrix))
})
afterEach(() => {
  vi.clearAllMocks()
  vi.useRealTimers()
})

test('a best epoch that moves on every second is read at most once a minute', async () => {
  const evaluation = new Evaluation('r1')
  for (let epoch = 1; epoch <= 130; epoch += 1) {
    evaluation.request(epoch, 'validation', true)
    await vi.advanceTimersByTimeAsync(1_000)
  }
  expect(vi.mocked(api.readNonzeroMatrix).mock.calls.map(([, epoch]) => Number(epoch))).toEqual([1, 60, 120])
})

test('an epoch that a person chooses is read at once, and the best one no more', async () => {
  const evaluation = new Evaluation('r1')
  evaluation.request(5, 'validation', true)
  await vi.advanceTimersByTimeAsync(0)
  evaluation.request(6, 'validation', true)
  evaluation.request(2, 'validation', false)
  await vi.advanceTimersByTimeAsync(120_000)
  expect(evaluation.matrix?.epoch).toBe(2)
})
