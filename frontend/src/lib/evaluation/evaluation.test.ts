import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import * as api from '../api/client'
import { Evaluation } from './evaluation.svelte'
import { NO_SELECTION, sampleQuery } from './sample-selection'
import { Problem } from '../api/problem'
import type { Mistakes } from '../api/types'

vi.mock('../api/client', () => ({ readMistakes: vi.fn() }))

const query = (epoch: number) => (): api.SampleQuery => sampleQuery(NO_SELECTION, { epoch, split: 'validation' }, 'confidence', 0)
const answerOf = (epoch: unknown): Mistakes => ({ matrix: { epoch: Number(epoch), rows: [] } }) as unknown as Mistakes

beforeEach(() => {
  vi.useFakeTimers()
  vi.mocked(api.readMistakes).mockImplementation((_, { epoch }) => Promise.resolve(answerOf(epoch)))
})
afterEach(() => {
  vi.clearAllMocks()
  vi.useRealTimers()
})

test('a best epoch that moves on every second is read after twice as long as the run has trained, at most a minute', async () => {
  const evaluation = new Evaluation('r1')
  for (let epoch = 1; epoch <= 130; epoch += 1) {
    evaluation.request(query(epoch), epoch * 1_000)
    await vi.advanceTimersByTimeAsync(1_000)
  }
  expect(vi.mocked(api.readMistakes).mock.calls.map(([, { epoch }]) => Number(epoch))).toEqual([1, 2, 6, 18, 54, 114])
  expect(vi.mocked(api.readMistakes).mock.calls.map(([, { slices }]) => slices)).toEqual([undefined, ...Array(5).fill(true)])
})

test('the best epoch of a run that has ended is read at once', async () => {
  const evaluation = new Evaluation('r1')
  evaluation.request(query(5), 60_000)
  evaluation.request(query(9), null)
  await vi.advanceTimersByTimeAsync(0)
  expect(evaluation.drawn?.matrix.epoch).toBe(9)
})

test('an epoch that a person chooses is read at once, and the best one no more', async () => {
  const evaluation = new Evaluation('r1')
  evaluation.request(query(5), 60_000)
  await vi.advanceTimersByTimeAsync(0)
  evaluation.request(query(6), 61_000)
  evaluation.request(query(2), null)
  await vi.advanceTimersByTimeAsync(120_000)
  expect(evaluation.drawn?.matrix.epoch).toBe(2)
})

test('a reader need not wait for the best epoch, and the next reading waits again', async () => {
  const evaluation = new Evaluation('r1')
  evaluation.request(query(5), 60_000)
  await vi.advanceTimersByTimeAsync(0)
  evaluation.request(query(8), 63_000)
  evaluation.refresh(query(8), 63_000)
  await vi.advanceTimersByTimeAsync(0)
  expect(evaluation.drawn?.matrix.epoch).toBe(8)
  evaluation.request(query(9), 64_000)
  await vi.advanceTimersByTimeAsync(59_000)
  expect(evaluation.drawn?.matrix.epoch).toBe(8)
})

test('a reader need not wait for the best epoch where the matrix is off the screen', async () => {
  const evaluation = new Evaluation('r1')
  evaluation.request(query(5), 60_000)
  await vi.advanceTimersByTimeAsync(0)
  evaluation.stop()
  evaluation.refresh(query(8), 63_000)
  await vi.advanceTimersByTimeAsync(0)
  expect(evaluation.drawn?.matrix.epoch).toBe(8)
})

test('images that are chosen while the next reading waits are read with it', async () => {
  const evaluation = new Evaluation('r1')
  let chosen = NO_SELECTION
  evaluation.request(query(5), 60_000)
  await vi.advanceTimersByTimeAsync(0)
  evaluation.request(() => sampleQuery(chosen, { epoch: 6, split: 'validation' }, 'random', 3), 61_000)
  chosen = { true: 'Bag', predicted: 'Coat' }
  await vi.advanceTimersByTimeAsync(60_000)
  expect(evaluation.drawn?.query).toMatchObject({ epoch: '6', true: 'Bag', predicted: 'Coat' })
})

test('a class of the address that the run does not have is left out, and any other refusal is reported', async () => {
  const refusal = (status: number): Problem => new Problem(status, { detail: 'no' })
  const queryOf = (): api.SampleQuery => sampleQuery({ true: 'Cat', predicted: 'Cat' }, { epoch: 2, split: 'validation' }, 'random', 3)
  const evaluation = new Evaluation('r1')
  vi.mocked(api.readMistakes).mockRejectedValueOnce(refusal(422))
  evaluation.request(queryOf, null)
  await vi.advanceTimersByTimeAsync(0)
  expect(evaluation.drawn?.query).toEqual(sampleQuery(NO_SELECTION, { epoch: 2, split: 'validation' }, 'random', 3))
  const other = new Evaluation('r2')
  vi.mocked(api.readMistakes).mockRejectedValueOnce(refusal(404))
  other.request(queryOf, null)
  await vi.advanceTimersByTimeAsync(0)
  expect([other.drawn, other.failure]).toEqual([null, 'no'])
})

test.each([
  { trained: [null, 60_000], slices: [undefined, undefined, true] },
  { trained: [60_000, null], slices: [undefined, true, undefined] },
])('slices come with the best epoch alone, whichever is read before it: $trained', async ({ trained, slices }) => {
  const evaluation = new Evaluation('r1')
  evaluation.request(query(1), null)
  await vi.advanceTimersByTimeAsync(5_000)
  vi.mocked(api.readMistakes).mockImplementationOnce((_, { epoch }) => new Promise((resolve) => setTimeout(() => resolve(answerOf(epoch)), 5_000)))
  evaluation.request(query(2), trained[0]!)
  await vi.advanceTimersByTimeAsync(3_000)
  evaluation.request(query(3), trained[1]!)
  await vi.advanceTimersByTimeAsync(5_000)
  expect(vi.mocked(api.readMistakes).mock.calls.map(([, query]) => query.slices)).toEqual(slices)
})

test('a matrix that comes back into sight is read at once, however long the next reading would have waited', async () => {
  const evaluation = new Evaluation('r1')
  evaluation.request(query(5), 60_000)
  await vi.advanceTimersByTimeAsync(0)
  evaluation.stop()
  await vi.advanceTimersByTimeAsync(5_000)
  evaluation.request(query(9), 65_000)
  await vi.advanceTimersByTimeAsync(0)
  expect(evaluation.drawn?.matrix.epoch).toBe(9)
})
