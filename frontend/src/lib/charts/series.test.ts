import { expect, test } from 'vitest'
import { withEpoch, withoutEpochsAfter, emptyTable, extreme, extendTrail, lastValue, secondsPerEpoch, trainedSeconds, type Step } from './series'

const two = withEpoch(withEpoch(emptyTable, 1, { loss: 0.9, seconds: 2 }), 2, { loss: 0.5, seconds: 4 })

test('epochs are appended', () => {
  expect(two).toEqual({ epochs: [1, 2], series: { loss: [0.9, 0.5], seconds: [2, 4] }, elapsed: [2, 6] })
})

test('a repeated epoch replaces the first one', () => {
  expect(withEpoch(two, 2, { loss: 0.4, seconds: 3 }).series).toEqual({ loss: [0.9, 0.4], seconds: [2, 3] })
})

test('a late epoch is inserted in order', () => {
  const table = withEpoch(withEpoch(emptyTable, 1, { loss: 3 }), 3, { loss: 1 })
  expect(withEpoch(table, 2, { loss: 2 })).toEqual({ epochs: [1, 2, 3], series: { loss: [3, 2, 1] }, elapsed: [0, 0, 0] })
})

test('missing values of a metric are null', () => {
  const table = withEpoch(two, 3, { loss: null, val_loss: 0.7 })
  expect(table.series).toEqual({ loss: [0.9, 0.5, null], seconds: [2, 4, null], val_loss: [null, null, 0.7] })
})

test('the time of epochs that the server left out is counted once', () => {
  const thinned = { epochs: [1, 40, 80], series: { loss: [3, 2, 1] }, elapsed: [2, 80, 160] }
  expect(withEpoch(thinned, 81, { loss: 0.9, seconds: 3 }).elapsed).toEqual([2, 80, 160, 163])
  expect(withEpoch(thinned, 79, { loss: 0.9, seconds: 3 }).elapsed.at(-1)).toBe(160)
  expect(withEpoch(thinned, 80, { loss: 1, seconds: 3 }).elapsed).toEqual([2, 80, 160])
})

test('a reset removes later epochs', () => {
  expect(withoutEpochsAfter(two, 1)).toEqual({ epochs: [1], series: { loss: [0.9], seconds: [2] }, elapsed: [2] })
  expect(withoutEpochsAfter(two, 0)).toEqual({ epochs: [], series: { loss: [], seconds: [] }, elapsed: [] })
})

test('steps of one epoch form a trail, the next epoch starts a new one', () => {
  let trail: Step[] = []
  trail = extendTrail(trail, 2, 10, 40, { loss: 1 })
  trail = extendTrail(trail, 2, 20, 40, { loss: 0.9 })
  expect(trail.map((step) => step.x)).toEqual([1.25, 1.5])
  expect(extendTrail(trail, 3, 4, 40, { loss: 0.8 }).map((step) => step.x)).toEqual([2.1])
})

test('an epoch that starts again shortens its trail', () => {
  const trail = extendTrail(extendTrail([], 1, 30, 40, { loss: 1 }), 1, 10, 40, { loss: 2 })
  expect(trail.map((step) => step.x)).toEqual([0.25])
})

test('a long trail is thinned', () => {
  let trail: Step[] = []
  for (let batch = 1; batch <= 1000; batch++) trail = extendTrail(trail, 1, batch, 1000, { loss: 1 })
  expect(trail.length).toBeLessThan(250)
  expect(trail.at(-1)?.x).toBe(1)
})

test('values derived from a table', () => {
  expect(trainedSeconds(two)).toBe(6)
  expect(lastValue(two, 'loss')).toBe(0.5)
  expect(lastValue(two, 'val_loss')).toBeNull()
  expect(extreme(two, 'loss', 'lowest')).toEqual({ epoch: 2, value: 0.5 })
  expect(extreme(emptyTable, 'loss', 'highest')).toBeNull()
  expect(secondsPerEpoch(two)).toBe(4)
})
