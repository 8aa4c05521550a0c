import { expect, test } from 'vitest'
import { gap } from './gap'
import { append, dropAfter, elapsed, empty, extreme, follow, lastOf, secondsPerEpoch, type Step } from './series'

const two = append(append(empty, 1, { loss: 0.9, seconds: 2 }), 2, { loss: 0.5, seconds: 4 })

test('epochs are appended', () => {
  expect(two).toEqual({ epochs: [1, 2], series: { loss: [0.9, 0.5], seconds: [2, 4] } })
})

test('the same epoch again replaces the first', () => {
  expect(append(two, 2, { loss: 0.4, seconds: 3 }).series).toEqual({ loss: [0.9, 0.4], seconds: [2, 3] })
})

test('an epoch that comes late is put in its place', () => {
  const table = append(append(empty, 1, { loss: 3 }), 3, { loss: 1 })
  expect(append(table, 2, { loss: 2 })).toEqual({ epochs: [1, 2, 3], series: { loss: [3, 2, 1] } })
})

test('a metric that appears later is empty before, one that is missing is a hole', () => {
  const table = append(two, 3, { loss: null, val_loss: 0.7 })
  expect(table.series).toEqual({ loss: [0.9, 0.5, null], seconds: [2, 4, null], val_loss: [null, null, 0.7] })
})

test('a reset drops what came after', () => {
  expect(dropAfter(two, 1)).toEqual({ epochs: [1], series: { loss: [0.9], seconds: [2] } })
  expect(dropAfter(two, 0)).toEqual({ epochs: [], series: { loss: [], seconds: [] } })
})

test('steps inside an epoch make a trail, the next epoch begins a new one', () => {
  let trail: Step[] = []
  trail = follow(trail, 2, 10, 40, { loss: 1 })
  trail = follow(trail, 2, 20, 40, { loss: 0.9 })
  expect(trail.map((step) => step.x)).toEqual([1.25, 1.5])
  expect(follow(trail, 3, 4, 40, { loss: 0.8 }).map((step) => step.x)).toEqual([2.1])
})

test('a trainer that begins the epoch anew cuts its trail', () => {
  const trail = follow(follow([], 1, 30, 40, { loss: 1 }), 1, 10, 40, { loss: 2 })
  expect(trail.map((step) => step.x)).toEqual([0.25])
})

test('a long trail is thinned', () => {
  let trail: Step[] = []
  for (let batch = 1; batch <= 1000; batch++) trail = follow(trail, 1, batch, 1000, { loss: 1 })
  expect(trail.length).toBeLessThan(250)
  expect(trail.at(-1)?.x).toBe(1)
})

test('figures of a table', () => {
  expect(elapsed(two)).toEqual([2, 6])
  expect(lastOf(two, 'loss')).toBe(0.5)
  expect(lastOf(two, 'val_loss')).toBeNull()
  expect(extreme(two, 'loss', 'lowest')).toEqual({ epoch: 2, value: 0.5 })
  expect(extreme(empty, 'loss', 'highest')).toBeNull()
  expect(secondsPerEpoch(two)).toBe(4)
})

function accuracies(training: (number | null)[], validation: (number | null)[]) {
  return { epochs: training.map((_, at) => at + 1), series: { accuracy: training, val_accuracy: validation } }
}

test('a gap that grew three times in a row is widening since where it began', () => {
  const found = gap(accuracies([0.8, 0.87, 0.9, 0.93, 0.95], [0.82, 0.86, 0.88, 0.89, 0.89]))
  expect(found?.points).toBeCloseTo(6)
  expect(found?.since).toBe(2)
})

test('validation that falls behind is not a widening gap before it is behind', () => {
  expect(gap(accuracies([0.5, 0.7, 0.8, 0.86], [0.7, 0.75, 0.8, 0.85]))?.since).toBeNull()
})

test('a gap that went to and fro is not widening', () => {
  expect(gap(accuracies([0.8, 0.9, 0.9, 0.95], [0.78, 0.85, 0.86, 0.88]))?.since).toBeNull()
  expect(gap(accuracies([0.5, 0.6, 0.7, 0.8], [0.9, 0.95, 0.96, 0.97]))?.since).toBeNull()
})

test('no gap without both accuracies', () => {
  expect(gap(accuracies([0.8], [null]))).toBeNull()
  expect(gap(empty)).toBeNull()
})
