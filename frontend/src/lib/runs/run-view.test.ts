import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import * as api from '../api/client'
import { Problem } from '../api/problem'
import { RunView } from './run-view.svelte'
import type { LiveRun } from '../api/types'
import type { RunEvent } from '../live/run-state'
import type { Artifact, Export, LogLine, MetricsTable } from '../api/types'

vi.mock('../api/client', () =>
  Object.fromEntries(['readRun', 'readMetrics', 'readLog', 'readArtifacts', 'readExports', 'makeExport'].map((name) => [name, vi.fn()])),
)

const NOW = Date.parse('2026-11-26T12:00:00Z')

beforeEach(() => {
  vi.useFakeTimers()
  vi.mocked(api.readArtifacts).mockResolvedValue({ items: [] })
  vi.mocked(api.readExports).mockResolvedValue({ items: [] })
  vi.mocked(api.readLog).mockResolvedValue({ items: [] })
  at(2)
})
afterEach(() => {
  vi.clearAllMocks()
  vi.useRealTimers()
})

/** Sets the state of the server to this epoch. */
function at(epoch: number, status: LiveRun['status'] = 'running'): void {
  vi.mocked(api.readRun).mockResolvedValue({ id: 'r1', status, epoch, epochs: 9, spark: [], last_seq: 10 + epoch } as unknown as LiveRun)
  vi.mocked(api.readMetrics).mockResolvedValue(table(epoch))
}

function table(epoch: number): MetricsTable {
  const epochs = Array.from({ length: epoch }, (_, before) => before + 1)
  return { epochs, series: { loss: epochs.map((each) => 1 / each) }, elapsed: epochs.map(() => 0) }
}

const epoch = (number: number): RunEvent => ({
  kind: 'epoch',
  data: { run: 'r1', seq: 10 + number, epoch: number, metrics: { loss: 1 / number }, best: null },
})
const line = (seq: number): RunEvent => ({ kind: 'log', data: { run: 'r1', seq, level: 'info', text: `line ${seq}` } })
const file = (name: string, epoch: number): Artifact => ({ name, epoch, bytes: 10, sha256: `${name} ${epoch}` })
const stored = (seq: number): LogLine => ({ seq, level: 'info', text: `line ${seq}`, time: '2026-11-26T12:00:00Z' })

test('an epoch event that arrives before an older answer is not lost', async () => {
  const view = new RunView('r1')
  const reading = view.read()
  view.handle(epoch(3), NOW)
  await reading
  expect(view.table).toEqual(table(3))
  expect(view.run?.epoch).toBe(3)
})

test('an answer that is newer than earlier events gives the same history', async () => {
  at(4)
  const view = new RunView('r1')
  const reading = view.read()
  view.handle(epoch(3), NOW)
  await reading
  view.handle(epoch(4), NOW)
  expect(view.table).toEqual(table(4))
  expect(view.run?.epoch).toBe(4)
})

test('events that come late leave a run as it was read with them', async () => {
  vi.mocked(api.readRun).mockResolvedValue({ id: 'r1', status: 'finished', epoch: 2, epochs: 2, spark: [], last_seq: 14 } as unknown as LiveRun)
  const view = new RunView('r1')
  await view.read()
  view.handle({ kind: 'status', data: { run: 'r1', seq: 1, status: 'queued', epoch: 0 } }, NOW)
  view.handle(epoch(1), NOW)
  expect(view.run?.status).toBe('finished')
  expect(view.run?.epoch).toBe(2)
  expect(view.table).toEqual(table(2))
})

test('an end that arrives while the run is polled stays the end', async () => {
  const view = new RunView('r1')
  await view.read()
  view.poll(Date.now() + 60_000)
  view.handle({ kind: 'status', data: { run: 'r1', seq: 13, status: 'finished', epoch: 2 } }, NOW)
  await vi.advanceTimersByTimeAsync(0)
  expect(view.run?.status).toBe('finished')
})

test('epochs that no event announced are found after a silence', async () => {
  const view = new RunView('r1')
  await view.read()
  at(7)
  view.poll(Date.now() + 5_000)
  await vi.advanceTimersByTimeAsync(0)
  expect(view.table).toEqual(table(2))

  view.poll(Date.now() + 9_000)
  await vi.advanceTimersByTimeAsync(0)

  expect(view.table).toEqual(table(7))
})

test('a silent run that has not changed is read without its history', async () => {
  const view = new RunView('r1')
  await view.read()
  vi.clearAllMocks()
  view.poll(Date.now() + 9_000)
  await vi.advanceTimersByTimeAsync(0)
  expect(vi.mocked(api.readMetrics)).not.toHaveBeenCalled()
})

test('after a reconnect the history is read again only if events were missed', async () => {
  const view = new RunView('r1')
  await view.catchUp()
  view.handle(epoch(3), NOW)
  at(3)
  await view.catchUp()
  expect(api.readMetrics).toHaveBeenCalledTimes(1)

  at(5)
  await view.catchUp()
  expect(api.readMetrics).toHaveBeenCalledTimes(2)
  expect(view.table).toEqual(table(5))
})

test('an epoch that ends between the answers about the run and its metrics is not lost', async () => {
  at(3)
  vi.mocked(api.readMetrics).mockResolvedValueOnce(table(2))
  const view = new RunView('r1')
  await view.catchUp()
  await view.catchUp()
  expect(view.table).toEqual(table(3))
})

test('a late answer to a stop does not undo the end', async () => {
  const view = new RunView('r1')
  await view.read()
  at(8, 'stopping')
  const request = view.update(api.readRun('r1'))
  view.handle({ kind: 'status', data: { run: 'r1', seq: 30, status: 'stopped', epoch: 8 } }, NOW)
  await request
  expect(view.run?.status).toBe('stopped')
})

test('progress after the end is not drawn', async () => {
  at(2, 'stopped')
  const view = new RunView('r1')
  await view.read()
  view.handle({ kind: 'progress', data: { run: 'r1', seq: null, epoch: 3, batch: 1, batches: 9, metrics: {} } }, NOW)
  expect(view.trail).toEqual([])
})

test('a reset that arrives during a read causes another read', async () => {
  const view = new RunView('r1')
  await view.read()
  vi.clearAllMocks()
  const reading = view.read()
  view.handle({ kind: 'reset', data: { run: 'r1' } }, NOW)
  await reading
  await vi.advanceTimersByTimeAsync(0)
  expect(api.readMetrics).toHaveBeenCalledTimes(2)
})

test('a run that was deleted is no longer shown', async () => {
  const view = new RunView('r1')
  await view.read()
  vi.mocked(api.makeExport).mockRejectedValueOnce(new Problem(404, { detail: 'There is no such run.' }))
  await view.createExport('onnx')
  expect([view.run, view.isMissing, view.failure]).toEqual([null, true, 'There is no such run.'])
})

test('a log line that arrives before older ones are read is placed after them', async () => {
  const view = new RunView('r1')
  await view.read()
  vi.mocked(api.readLog).mockResolvedValueOnce({ items: [stored(1), stored(2), stored(7)] })
  const again = view.read()
  view.handle(line(7), NOW)
  view.handle(line(8), NOW)
  await again
  expect(view.log.map(({ seq }) => seq)).toEqual([1, 2, 7, 8])
  expect(vi.mocked(api.readLog)).toHaveBeenLastCalledWith('r1', 0)
})

test('features that are computed are shown until an epoch begins', async () => {
  const view = new RunView('r1')
  await view.read()
  const progress = (fields: object): RunEvent => ({ kind: 'progress', data: { run: 'r1', epoch: 0, batch: 0, batches: 0, metrics: {}, ...fields } })
  view.handle(progress({ features: { done: 32, images: 500 } }), NOW)
  expect([view.features, view.trail]).toEqual([{ done: 32, images: 500 }, []])
  view.handle(progress({ epoch: 3, batch: 1, batches: 4 }), NOW)
  expect(view.features).toBeNull()
})

test('why training waits is shown until it goes on', async () => {
  const view = new RunView('r1')
  await view.read()
  const wait: RunEvent = { kind: 'progress', data: { run: 'r1', epoch: 0, batch: 0, batches: 0, metrics: {}, waits: 'The database takes no results' } }
  const waits = [wait, epoch(3)].map((event) => (view.handle(event, NOW), view.waits))
  expect(waits).toEqual(['The database takes no results', ''])
  for (const event of [wait, { kind: 'status', data: { run: 'r1', seq: 14, status: 'failed' } } as RunEvent, wait]) view.handle(event, NOW)
  expect(view.waits, 'of an ended run').toBe('')
})

test('files of an epoch come with its event, and exports are of an earlier best model', async () => {
  vi.mocked(api.readArtifacts).mockResolvedValue({ items: [file('best.keras', 2), file('history.csv', 2)] })
  vi.mocked(api.readExports).mockResolvedValue({ items: [{ kind: 'onnx', status: 'ready', is_current: true } as Export] })
  const view = new RunView('r1')
  await view.read()
  vi.clearAllMocks()
  const event = epoch(3)
  view.handle({ ...event, data: { ...event.data, files: [file('best.keras', 3), file('history.csv', 3)] } }, NOW)
  await vi.advanceTimersByTimeAsync(60_000)
  expect(view.files).toEqual([file('best.keras', 3), file('history.csv', 3)])
  expect(view.exports?.[0]?.is_current).toBe(false)
  expect(vi.mocked(api.readArtifacts)).not.toHaveBeenCalled()
})

test('files of an epoch that ended while the list was on its way are in it', async () => {
  const view = new RunView('r1')
  await view.read()
  let answer: (list: { items: Artifact[] }) => void = () => undefined
  vi.mocked(api.readArtifacts).mockReturnValue(new Promise((resolve) => (answer = resolve)))
  view.handle({ kind: 'status', data: { run: 'r1', seq: 12, status: 'running', epoch: 2 } }, NOW)
  const event = epoch(3)
  view.handle({ ...event, data: { ...event.data, files: [file('best.keras', 3)] } }, NOW)
  answer({ items: [file('best.keras', 2)] })
  await vi.advanceTimersByTimeAsync(0)
  expect(view.files).toEqual([file('best.keras', 3)])
})

test('an export that is being made is read again when its job writes to the log', async () => {
  vi.mocked(api.readExports).mockResolvedValue({ items: [{ kind: 'onnx', status: 'making' } as Export] })
  const view = new RunView('r1')
  await view.read()
  vi.mocked(api.readExports).mockResolvedValue({ items: [{ kind: 'onnx', status: 'ready' } as Export] })
  view.handle(line(9), NOW)
  await vi.advanceTimersByTimeAsync(0)
  expect(view.exports?.[0]?.status).toBe('ready')
  vi.clearAllMocks()
  view.handle(line(10), NOW)
  expect(vi.mocked(api.readExports)).not.toHaveBeenCalled()
})

test('an export that waits for that of another run is read again when that one ends or is gone', async () => {
  vi.mocked(api.readExports).mockResolvedValue({ items: [{ kind: 'onnx', status: 'wanted', waits_for: 'model.tflite of another run' } as Export] })
  const view = new RunView('r1')
  await view.read()
  vi.clearAllMocks()
  const other = (kind: 'log' | 'deleted' | 'epoch'): void => view.handle({ kind, data: { run: 'r2', seq: 5 } }, NOW)
  other('epoch')
  expect(vi.mocked(api.readExports)).not.toHaveBeenCalled()
  other('deleted')
  await vi.advanceTimersByTimeAsync(0)
  vi.mocked(api.readExports).mockResolvedValue({ items: [{ kind: 'onnx', status: 'making' } as Export] })
  other('log')
  await vi.advanceTimersByTimeAsync(0)
  expect(view.exports?.[0]?.status).toBe('making')
  other('log')
  await vi.advanceTimersByTimeAsync(0)
  expect([vi.mocked(api.readExports).mock.calls.length, view.lastEvent]).toEqual([2, 0])
})

test('lines that come while files are read have them read once more', async () => {
  vi.mocked(api.readExports).mockResolvedValue({ items: [{ kind: 'onnx', status: 'making' } as Export] })
  const view = new RunView('r1')
  await view.read()
  vi.clearAllMocks()
  for (let seq = 9; seq < 19; seq += 1) view.handle(line(seq), NOW)
  await vi.advanceTimersByTimeAsync(0)
  expect(vi.mocked(api.readExports)).toHaveBeenCalledTimes(2)
})

test('a table that grows by events is read again before its chart becomes slow', async () => {
  at(4000)
  const view = new RunView('r1')
  await view.read()
  const thinned = { epochs: [1, 4001], series: { loss: [1, 0] }, elapsed: [0, 0] }
  vi.mocked(api.readMetrics).mockResolvedValue(thinned)
  view.handle(epoch(4001), NOW)
  view.handle(epoch(4002), NOW)
  await vi.waitFor(() => expect(view.table?.epochs).toEqual([1, 4001, 4002]))
  expect(api.readMetrics).toHaveBeenCalledTimes(2)
})

test('a run that is not there is requested once', async () => {
  vi.mocked(api.readRun).mockRejectedValue(new Problem(404, { title: 'Not found' }))
  const view = new RunView('unknown')
  await view.catchUp()
  await view.catchUp() // the event stream is open
  expect(view.isMissing).toBe(true)
  expect(api.readRun).toHaveBeenCalledTimes(1)
})

test('a silent run is no longer silent once its trainer is heard', async () => {
  const view = new RunView('r1')
  vi.mocked(api.readRun).mockResolvedValue({ id: 'r1', status: 'running', epoch: 2, epochs: 9, spark: [], last_seq: 12, silent: true } as unknown as LiveRun)
  await view.read()
  view.handle(line(13), NOW)
  expect(view.run?.silent).toBe(true)
  view.handle({ kind: 'progress', data: { run: 'r1', epoch: 3, batch: 1, batches: 2, metrics: {} } }, NOW)
  expect(view.run?.silent).toBe(false)
})
