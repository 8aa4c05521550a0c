import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import * as api from '../api/client'
import type { RunEvent } from '../live/run-state'
import { Problem } from '../api/problem'
import type { Comparison, Lineage, LiveRun } from '../api/types'
import { RunsComparison } from './runs-comparison.svelte'

vi.mock('../api/client', () => ({ compareRuns: vi.fn(), readLineage: vi.fn(), readRun: vi.fn() }))

const epoch = (number: number): RunEvent => ({ kind: 'epoch', data: { run: 'b', epoch: number, metrics: {}, best: null } })
const queries = () => vi.mocked(api.compareRuns).mock.calls.map(([query]) => query)

beforeEach(() => {
  vi.useFakeTimers()
  vi.mocked(api.compareRuns).mockResolvedValue({ runs: [] } as unknown as Comparison)
  vi.mocked(api.readLineage).mockResolvedValue({ decisions: [] } as unknown as Lineage)
})
afterEach(() => {
  vi.clearAllMocks()
  vi.useRealTimers()
})

test('while a run trains, a comparison sends one request a minute', async () => {
  const comparison = new RunsComparison(['a', 'b'])
  await comparison.read({ epoch: 'best', split: 'validation' })
  for (let second = 1; second <= 125; second += 1) {
    comparison.handle(epoch(second))
    await vi.advanceTimersByTimeAsync(1_000)
  }
  expect(queries()).toHaveLength(3)
  expect(api.readLineage).toHaveBeenCalledTimes(1)
})

test('a deleted run is looked for once: it does not come back', async () => {
  const gone = new Problem(404, { detail: 'There is no run b.' })
  vi.mocked(api.compareRuns).mockRejectedValue(gone)
  vi.mocked(api.readRun).mockImplementation((id) => (id === 'b' ? Promise.reject(gone) : Promise.resolve({} as LiveRun)))
  const comparison = new RunsComparison(['a', 'b'])
  for (let reading = 0; reading < 3; reading += 1) await comparison.read()
  expect(comparison.missing).toEqual(['b'])
  expect([queries().length, vi.mocked(api.readRun).mock.calls.length]).toEqual([1, 2])
})

test('the images of a cell come with the comparison, which says whose they are', async () => {
  const comparison = new RunsComparison(['a', 'b'])
  await comparison.read({ epoch: 'best', split: 'validation' })
  comparison.select({ true: 'Bag', predicted: 'Bag' })
  expect(comparison.imagesOf).toEqual({ true: null, predicted: null })
  await vi.advanceTimersByTimeAsync(0)
  expect(comparison.imagesOf).toEqual({ true: 'Bag', predicted: 'Bag' })
  expect(queries().map(({ samples, true: name }) => [samples, name])).toEqual([
    [['fixed', 'broken', 'both_wrong'], undefined],
    [['fixed', 'broken', 'both_right'], 'Bag'],
  ])
})

test('a cell that is pressed during a reading does not end the rest of it', async () => {
  const comparison = new RunsComparison(['a', 'b'])
  await comparison.read({ epoch: 'best', split: 'validation' })
  const reading = comparison.read()
  comparison.select({ true: 'Bag', predicted: 'Bag' })
  await reading
  expect([comparison.revision, vi.mocked(api.readLineage).mock.calls.length]).toEqual([1, 2])
})

test('relations that cannot be read are reported where a cell was pressed meanwhile', async () => {
  const comparison = new RunsComparison(['a', 'b'])
  vi.mocked(api.readLineage).mockImplementationOnce(() => new Promise((_, reject) => setTimeout(() => reject(new Error('The board does not answer.')), 100)))
  const reading = comparison.read({ epoch: 'best', split: 'validation' })
  await vi.advanceTimersByTimeAsync(0)
  comparison.select({ true: 'Bag', predicted: 'Bag' })
  await vi.advanceTimersByTimeAsync(200)
  await reading
  expect(comparison.failure).toBe('The board does not answer.')
})
