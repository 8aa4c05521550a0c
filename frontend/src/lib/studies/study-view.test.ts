import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { readStudy, readTrials } from '../api/studies'
import type { RunEvent } from '../live/run-state'
import { row, study } from './study-examples'
import { StudyView } from './study-view.svelte'

vi.mock('../api/studies', () => ({ readStudy: vi.fn(), readTrials: vi.fn() }))

const status = (run: string, data: object): RunEvent => ({ kind: 'status', data: { run, ...data } })

async function opened(): Promise<StudyView> {
  vi.mocked(readStudy).mockResolvedValue(study({ status: 'running' }))
  vi.mocked(readTrials).mockResolvedValue([row({ trial: 0, value: null, status: 'running', epoch: 1 })])
  const view = new StudyView('study-1')
  await view.read()
  return view
}

beforeEach(() => void vi.useFakeTimers())
afterEach(() => {
  vi.useRealTimers()
  vi.clearAllMocks()
})

test('an epoch moves its trial without a request', async () => {
  const view = await opened()
  view.handle({ kind: 'epoch', data: { run: 'run-0', epoch: 2, best: { epoch: 2, monitor: 'val_loss', value: 0.5, metrics: { val_accuracy: 0.7 } } } })
  expect(view.trials[0]).toMatchObject({ value: 0.7, valueEpoch: 2, epoch: 2 })
  await vi.advanceTimersByTimeAsync(5_000)
  expect(readStudy).toHaveBeenCalledTimes(1)
})

test('many changes of its runs read the study once, and never all runs', async () => {
  const view = await opened()
  for (let change = 0; change < 20; change++) view.handle(status('run-0', { status: 'finished' }))
  await vi.advanceTimersByTimeAsync(5_000)
  expect([vi.mocked(readStudy).mock.calls.length, vi.mocked(readTrials).mock.calls.length]).toEqual([2, 1])
})

test('a new run of the study is added, one of another study is not', async () => {
  const view = await opened()
  view.handle(status('run-1', { ...row({ trial: 1, value: null, status: 'queued', epoch: 0 }), study: 'study-1' }))
  view.handle(status('other', { ...row({ trial: 2, value: null }), study: 'study-2' }))
  expect(view.trials.map(({ number, outcome }) => [number, outcome])).toEqual([[0, 'training'], [1, 'waiting']])
})
