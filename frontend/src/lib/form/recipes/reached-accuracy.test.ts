import { expect, test, vi } from 'vitest'
import * as api from '../../api/client'
import type { LiveRun } from '../../api/types'
import { ReachedAccuracy } from './reached-accuracy.svelte'

vi.mock('../../api/client', () => ({ findRuns: vi.fn() }))

const page = (accuracy: number | null) => ({ items: accuracy === null ? [] : [{ best: { metrics: { val_accuracy: accuracy } } } as unknown as LiveRun], next_cursor: null, total: 1 })
const spec = (train_limit: number | null) => ({ dataset: { name: 'digits', train_limit } })

test('the best run on as many images of the dataset is asked for, and the last question counts', async () => {
  const reached = new ReachedAccuracy()
  let answerFirst: (value: ReturnType<typeof page>) => void = () => undefined
  vi.mocked(api.findRuns).mockReturnValueOnce(new Promise((resolve) => (answerFirst = resolve)))
  vi.mocked(api.findRuns).mockResolvedValueOnce(page(0.967))
  const reads = [reached.read(spec(40)), reached.read(spec(null))]
  answerFirst(page(0.4))
  await Promise.all(reads)
  expect(reached.value).toBe(0.967)
  expect(vi.mocked(api.findRuns).mock.calls.map(([query]) => query.where)).toEqual([['dataset.train_limit=40'], ['dataset.train_limit=null']])
})

test('what runs on other images reached is not shown while those are read, and stays while the same ones are', async () => {
  const reached = new ReachedAccuracy()
  vi.mocked(api.findRuns).mockResolvedValue(page(0.967))
  await reached.read(spec(null))
  const again = reached.read(spec(null))
  expect(reached.value).toBe(0.967)
  await again
  const other = reached.read(spec(40))
  expect(reached.value).toBeNull()
  await other
  expect(reached.value).toBe(0.967)
})

test('without a run, or an answer, nothing is known', async () => {
  const reached = new ReachedAccuracy()
  vi.mocked(api.findRuns).mockResolvedValueOnce(page(null))
  await reached.read(spec(null))
  expect(reached.value).toBeNull()
  vi.mocked(api.findRuns).mockRejectedValueOnce(new Error('no'))
  await reached.read(spec(null))
  expect(reached.value).toBeNull()
})
