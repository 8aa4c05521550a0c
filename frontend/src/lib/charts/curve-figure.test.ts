import type { PlotData } from 'plotly.js'
import { expect, test } from 'vitest'
import type { Curve } from './curve'
import { axisEpochs } from './curve'
import { curveFigure } from './curve-figure'
import { emptyTable } from './series'
import { epochTicks, linearTicks, logTicks } from './ticks'

const palette = {
  text: '#111',
  muted: '#666',
  panel: '#fff',
  grid: '#eee',
  lineStrong: '#ccc',
  series: '#0072b2',
  hues: ['#0072b2', '#d55e00'],
  font: 'sans-serif',
  warn: '#8a4b00',
  warnSoft: '#fbeeda',
  heatGround: '',
  heatRight: '',
  heatWrong: '',
}
const curve: Curve = {
  metric: 'loss',
  table: { epochs: [1, 2, 3], series: { loss: [0.9, 0.5, 0.3], val_loss: [0.8, 0.4, 0.45], seconds: [2, 2, 2] }, elapsed: [2, 4, 6] },
  trail: [],
  epochs: 15,
  best: { epoch: 2, label: 'lowest val_loss, epoch 2' },
  mark: null,
  phases: [],
  byTime: false,
  log: false,
  width: 560,
  height: 240,
  palette,
}
const named = (figure: ReturnType<typeof curveFigure>, name: string) =>
  figure.data.find((trace) => (trace as PlotData).name === name) as PlotData
const texts = (figure: ReturnType<typeof curveFigure>) => figure.layout.annotations?.map((note) => note.text)

test('the training line is dotted and the validation line solid, in one color', () => {
  const figure = curveFigure(curve)
  expect(named(figure, 'training')).toMatchObject({
    x: [1, 2, 3],
    y: [0.9, 0.5, 0.3],
    line: { dash: 'dot', color: '#0072b2' },
  })
  expect(named(figure, 'validation')).toMatchObject({ y: [0.8, 0.4, 0.45], line: { dash: 'solid', color: '#0072b2' } })
})

test('lines with more epochs than pixels are thin, and training is pale behind validation', () => {
  const epochs = Array.from({ length: 2_000 }, (_, at) => at * 50 + 1)
  const series = { loss: epochs.map((epoch) => 1 / epoch), val_loss: epochs.map((epoch) => 2 / epoch) }
  const figure = curveFigure({ ...curve, epochs: 100_000, best: null, table: { epochs, series, elapsed: epochs } })
  expect(named(figure, 'training').line).toEqual({ color: '#0072b273', dash: 'solid', width: 1 })
  expect(named(figure, 'validation').line).toEqual({ color: '#0072b2', dash: 'solid', width: 1 })
  expect(figure.layout.xaxis?.ticktext?.at(-1)).toBe('100,000')
})

test('lines are labelled at their ends, and the best epoch with its reason', () => {
  const figure = curveFigure(curve)
  expect(texts(figure)).toEqual(['lowest val_loss, epoch 2', 'training 0.300', '<b>validation 0.450</b>'])
  expect(named(figure, 'best')).toMatchObject({ x: [2], y: [0.4] })
})

test('the epochs of a finding are shaded, with a label that says why', () => {
  const figure = curveFigure({ ...curve, mark: { epoch: 2, label: 'overfitting from epoch 2' } })
  expect(figure.layout.shapes?.[0]).toMatchObject({ type: 'rect', x0: 2, x1: 3, fillcolor: '#fbeeda' })
  expect(texts(figure)).toContain('overfitting from epoch 2')
})

test('labels that would overlap move apart', () => {
  const table = { epochs: [1, 2], series: { loss: [0.9, 0.301], val_loss: [0.8, 0.3] }, elapsed: [] }
  const [, training, validation] = curveFigure({ ...curve, table }).layout.annotations!
  expect(training!.yshift).toBeCloseTo(7.35, 1)
  expect(validation!.yshift).toBe(-training!.yshift!)
})

test('a gap in a series stays a gap, and an isolated value is a dot', () => {
  const table = { epochs: [1, 2, 3], series: { loss: [0.9, null, 0.3], val_loss: [0.8, 0.4, 0.45] }, elapsed: [] }
  const figure = curveFigure({ ...curve, table })
  expect(named(figure, 'training')).toMatchObject({ y: [0.9, null, 0.3], connectgaps: false })
  expect(named(figure, 'isolated')).toMatchObject({ x: [1, 3], y: [0.9, 0.3], mode: 'markers' })
})

test('the epoch in training is a separate trail with the label at its end', () => {
  const trail = [
    { x: 3.25, metrics: { loss: 0.28 } },
    { x: 3.5, metrics: { loss: 0.27 } },
  ]
  const figure = curveFigure({ ...curve, trail })
  expect(named(figure, 'this epoch')).toMatchObject({ x: [3.25, 3.5], y: [0.28, 0.27] })
  expect(named(figure, 'tip')).toMatchObject({ x: [3.5], y: [0.27] })
  expect(texts(figure)).toContain('training 0.270')
})

test('the axis begins at 0 during the first epoch', () => {
  const first = { ...curve, table: emptyTable, trail: [{ x: 0.5, metrics: { loss: 2 } }], best: null }
  expect(curveFigure(first).layout.xaxis?.range).toEqual([0, 15])
  expect(curveFigure(curve).layout.xaxis?.range).toEqual([1, 15])
})

test('on a time axis the points lie at the elapsed seconds', () => {
  const figure = curveFigure({ ...curve, byTime: true })
  expect(named(figure, 'validation').x).toEqual([2, 4, 6])
  expect(figure.layout.xaxis?.range).toEqual([0, 30])
})

test('the time and the phases of a long run lie right where epochs are left out', () => {
  const table = { epochs: [1, 50, 100], series: { loss: [0.9, 0.5, 0.3], val_loss: [0.8, 0.4, 0.5] }, elapsed: [2, 90, 110] }
  const phases = [{ epoch: 31, title: 'last blocks' }]
  const figure = curveFigure({ ...curve, table, phases, epochs: 100, best: null, byTime: true })
  expect(named(figure, 'validation').x).toEqual([2, 90, 110])
  expect(figure.layout.xaxis?.range).toEqual([0, 110])
  expect(figure.layout.shapes?.map((shape) => shape.x0)).toEqual([90])
  expect(curveFigure({ ...curve, table, phases, epochs: 100, best: null }).layout.shapes?.map((shape) => shape.x0)).toEqual([30])
})

test('before the first step the chart says what it waits for', () => {
  const figure = curveFigure({ ...curve, table: emptyTable, best: null })
  expect(texts(figure)).toEqual(['Waiting for the first batches'])
  expect(figure.layout.yaxis?.tickvals).toEqual([])
})

test('a curve without a single number says so', () => {
  const table = { epochs: [1, 2], series: { loss: [null, null], val_loss: [null, null] }, elapsed: [] }
  expect(texts(curveFigure({ ...curve, table, best: null }))).toEqual(['Every loss is NaN'])
})

test('a logarithmic axis has logarithmic ranges', () => {
  const figure = curveFigure({ ...curve, log: true })
  expect(figure.layout.yaxis?.type).toBe('log')
  expect(figure.layout.yaxis?.tickvals).toEqual([0.5])
})

test('the zoom is kept for new data but not for another axis', () => {
  const longer = { ...curve, epochs: 30 }
  expect(curveFigure(longer).layout.uirevision).toBe(curveFigure(curve).layout.uirevision)
  expect(curveFigure({ ...curve, log: true }).layout.uirevision).not.toBe(curveFigure(curve).layout.uirevision)
})

test('ticks are round numbers', () => {
  expect(linearTicks(0.12, 0.58)).toEqual([0.2, 0.3, 0.4, 0.5])
  expect(logTicks(0.08, 3)).toEqual([0.1, 0.2, 0.5, 1, 2])
  expect(epochTicks(1, 15)).toEqual([1, 5, 10, 15])
  expect(epochTicks(1, 12)).toEqual([1, 5, 10])
  expect(epochTicks(1, 18)).toEqual([1, 5, 10, 15, 18])
  expect(epochTicks(1, 3)).toEqual([1, 2, 3])
  expect(epochTicks(1, 50)).toEqual([1, 10, 20, 30, 40, 50])
  expect(epochTicks(1, 20)).toEqual([1, 5, 10, 15, 20])
})

test('learning rate changes are ticks at the bottom, and the hover label shows the penalty', () => {
  const series = { ...curve.table.series, learning_rate: [0.1, 0.1, 0.02], penalty: [0.2, 0.11, 0.1] }
  const figure = curveFigure({ ...curve, table: { ...curve.table, series } })
  expect(figure.layout.shapes?.map((shape) => [shape.x0, shape.y1])).toEqual([
    [2, 1],
    [3, 0.045],
  ])
  expect(named(figure, 'learning rate').text).toEqual(['0.1', '0.1', '0.02'])
  expect(named(figure, 'training').text).toEqual([
    ', of which 0.2000 penalty',
    ', of which 0.1100 penalty',
    ', of which 0.1000 penalty',
  ])
})

test('the axis has all epochs of the request from the beginning', () => {
  expect([0, 7, 14, 900].map((trained) => axisEpochs(trained, 1000, false))).toEqual([1000, 1000, 1000, 1000])
})

test('the axis of a long run that early stopping may end grows with its curve', () => {
  expect([0, 40, 70, 150, 900].map((trained) => axisEpochs(trained, 1000, true))).toEqual([100, 100, 200, 400, 1000])
  expect(axisEpochs(3, 50, true)).toBe(50)
})

test('a constant rate has no ticks and no hover label', () => {
  const figure = curveFigure(curve)
  expect(figure.layout.shapes).toHaveLength(1)
  expect(named(figure, 'learning rate').x).toEqual([])
})

test('a phase begins with a dashed line at the end of the epoch before it', () => {
  const figure = curveFigure({ ...curve, phases: [{ epoch: 3, title: 'last blocks' }] })
  expect(figure.layout.shapes?.filter((shape) => shape.line?.dash === 'dash').map(({ x0 }) => x0)).toEqual([2])
  expect(texts(figure)).toContain('last blocks →')
  expect(texts(curveFigure({ ...curve, phases: [{ epoch: 9, title: 'last blocks' }] }))).not.toContain('last blocks →')
})
