import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import * as api from '../api/client'
import { Diagnosis } from './diagnosis.svelte'

vi.mock('../api/client', () => ({ readDiagnosis: vi.fn() }))

const EPOCH_MS = 500

beforeEach(() => {
  vi.useFakeTimers()
  vi.mocked(api.readDiagnosis).mockResolvedValue({ items: [], accuracy: null })
})
afterEach(() => {
  vi.clearAllMocks()
  vi.useRealTimers()
})

const reads = (): number => vi.mocked(api.readDiagnosis).mock.calls.length

/** Trains for so long, two epochs a second. */
async function train(diagnosis: Diagnosis, milliseconds: number): Promise<void> {
  for (let passed = 0; passed < milliseconds; passed += EPOCH_MS) {
    diagnosis.refresh(true)
    await vi.advanceTimersByTimeAsync(EPOCH_MS)
  }
}

test('a run that trains is diagnosed at once, then once a minute, and at its end', async () => {
  const diagnosis = new Diagnosis('r1')
  await train(diagnosis, 59_000)
  expect(reads()).toBe(1)
  await train(diagnosis, 62_000)
  expect(reads()).toBe(3)
  diagnosis.refresh(false)
  expect(reads()).toBe(4)
})

test('after a reconnect it is diagnosed again within half a minute of the last time', async () => {
  const diagnosis = new Diagnosis('r1')
  await train(diagnosis, 40_000)
  diagnosis.reconnected()
  await vi.advanceTimersByTimeAsync(0)
  expect(reads()).toBe(2)
  diagnosis.reconnected()
  await train(diagnosis, 29_000)
  expect(reads()).toBe(2)
  await train(diagnosis, 2_000)
  expect(reads()).toBe(3)
})

test('a connection that is lost every second costs at most two reads a minute', async () => {
  const diagnosis = new Diagnosis('r1')
  for (let second = 0; second < 119; second += 1) {
    await train(diagnosis, 1_000)
    diagnosis.reconnected()
  }
  expect(reads()).toBe(4)
})

test('a read that failed is tried again half a minute later', async () => {
  vi.mocked(api.readDiagnosis).mockRejectedValueOnce(new Error('offline'))
  const diagnosis = new Diagnosis('r1')
  await train(diagnosis, 29_000)
  expect([reads(), diagnosis.failure]).toEqual([1, 'offline'])
  await train(diagnosis, 2_000)
  expect([reads(), diagnosis.failure]).toEqual([2, ''])
})

test('an epoch that is longer than a minute is diagnosed when it ends', async () => {
  const diagnosis = new Diagnosis('r1')
  diagnosis.refresh(true)
  await vi.advanceTimersByTimeAsync(90_000)
  diagnosis.refresh(true)
  await vi.advanceTimersByTimeAsync(0)
  expect(reads()).toBe(2)
})
