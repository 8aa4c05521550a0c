import { afterEach, expect, test, vi } from 'vitest'
import * as api from '../api/client'
import type { Dataset, DatasetState } from '../api/types'
import { DatasetList } from './dataset-list.svelte'

vi.mock('../api/client', () => ({ readDatasets: vi.fn() }))
afterEach(() => vi.clearAllMocks())

const progress = (done: number): DatasetState['progress'] => ({ done, total: 9, unit: 'bytes', text: 'Fetching' })
const state = (name: string, done: number): DatasetState => ({ name, status: 'preparing', error: null, progress: progress(done) })
const event = (...items: DatasetState[]) => ({ kind: 'datasets' as const, data: { run: '', items } })

async function listed(...names: string[]): Promise<DatasetList> {
  vi.mocked(api.readDatasets).mockResolvedValue({ items: names.map((name) => state(name, 0) as Dataset) })
  const list = new DatasetList()
  await list.read()
  return list
}

test('the progress of a dataset that is prepared comes with events', async () => {
  const list = await listed('mnist')
  list.handle(event(state('mnist', 5)))
  expect(list.items?.map((dataset) => dataset.progress?.done)).toEqual([5])
  expect(api.readDatasets).toHaveBeenCalledTimes(1)
})

test('an event about datasets that are here in the same state reads nothing', async () => {
  const list = await listed('mnist')
  list.items = [...list.items!, { ...state('pets', 0), status: 'ready' } as Dataset]
  list.handle(event(state('mnist', 5), { ...state('pets', 0), status: 'ready' }))
  expect(api.readDatasets).toHaveBeenCalledTimes(1)
})

test.each([
  ['came', [state('mnist', 5), state('pets', 1)]],
  ['ended', [{ ...state('mnist', 5), status: 'ready' as const }]],
  ['was deleted', []],
  ['failed that was here as another one', [state('mnist', 5), { ...state('pets', 1), status: 'failed' as const }]],
])('the list is read again when a dataset %s', async (_, states) => {
  const list = await listed('mnist')
  list.handle(event(...states))
  expect(api.readDatasets).toHaveBeenCalledTimes(2)
})
