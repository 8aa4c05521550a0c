import { expect, test } from 'vitest'
import { lossSketch } from './loss-sketch'

const table = {
  epochs: [1, 2, 3],
  series: { loss: [2, 1.5, 1.2], train_eval_loss: [1.8, 1.2, 0.6], val_loss: [1.9, null, 1.1] },
  elapsed: [],
}

test('training is drawn in test mode, with a gap where a value is missing', () => {
  const [training, validation] = lossSketch(table, 'loss', 2, 500, 200).lines
  expect([training!.name, training!.end!.value]).toEqual(['train, test mode', 0.6])
  expect(validation!.path.match(/M/g)).toHaveLength(2)
})

test('older runs have only the mean over an epoch', () => {
  const series = { loss: [2, 1.5, 1.2], val_loss: [1.9, 1.4, 1.1] }
  expect(lossSketch({ ...table, series }, 'loss', 2, 500, 200).lines[0]!.end!.value).toBe(1.2)
})

test('a chart without a single number says so, and has no scale', () => {
  const nothing = { epochs: [1], series: { loss: [null], val_loss: [null] }, elapsed: [] }
  expect(lossSketch(nothing, 'loss', 1, 500, 200)).toMatchObject({ emptyText: 'Every loss is NaN', yTicks: [] })
  expect(lossSketch(table, 'loss', 2, 500, 200).emptyText).toBe('')
})

test('the shading begins at its epoch, inside the plot', () => {
  const { mark, plot } = lossSketch(table, 'loss', 2, 500, 200)
  expect(mark).toBeCloseTo((plot.left + plot.right) / 2)
  expect(lossSketch(table, 'loss', 9, 500, 200).mark).toBe(plot.right)
})

test('nothing but NaN is drawn as an empty chart', () => {
  const nothing = { epochs: [1], series: { loss: [null], val_loss: [null] }, elapsed: [] }
  expect(lossSketch(nothing, 'loss', 1, 500, 200).lines.map(({ path, end }) => [path, end])).toEqual([['', null], ['', null]])
})
