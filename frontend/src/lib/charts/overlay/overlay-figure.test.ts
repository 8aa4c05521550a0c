import type { PlotData } from 'plotly.js'
import { expect, test } from 'vitest'
import { apart, overlayFigure } from './overlay-figure'
import { axisUnit, type Overlay, type OverlayLine } from './overlay'

const palette = { text: '#111', muted: '#666', panel: '#fff', grid: '#eee', lineStrong: '#ccc', series: '#0072b2', hues: ['#0072b2', '#d55e00'], warn: '', warnSoft: '', font: 'sans-serif', heatGround: '', heatRight: '', heatWrong: '' }

const line = (key: string, hue: number, mean: (number | null)[], changes: Partial<OverlayLine> = {}): OverlayLine => ({
  key, name: `run ${key}`, hue, kind: 'validation', n: 1, x: mean.map((_, at) => at + 1), mean, low: mean, high: mean, best: null, ...changes,
})
const overlay = (lines: OverlayLine[], changes: Partial<Overlay> = {}): Overlay => ({
  metric: 'loss', x: 'epoch', lines, weight: 0, zoom: null, focus: null, width: 640, height: 250, palette, ...changes,
})
const drawn = (chart: Overlay): PlotData[] => overlayFigure(chart).data as PlotData[]
const named = (chart: Overlay, name: string): PlotData => drawn(chart).find((trace) => trace.name === name)!

test('a run has one hue: validation solid, training dotted', () => {
  const chart = overlay([line('A', 0, [2, 1]), line('A', 0, [3, 2], { kind: 'training' }), line('B', 1, [2, 2])])
  expect(named(chart, 'A validation').line).toMatchObject({ color: '#0072b2', dash: 'solid' })
  expect(named(chart, 'A training').line).toMatchObject({ color: '#0072b2', dash: 'dot' })
  expect(named(chart, 'B validation').line).toMatchObject({ color: '#d55e00' })
})

test('a group has a band from its lower to its upper curve', () => {
  const chart = overlay([line('A', 0, [2, 1, null], { n: 3, low: [1, 0, null], high: [3, 2, null] })])
  expect(drawn(chart)[1]).toMatchObject({ x: [1, 2, 2, 1], y: [3, 2, 0, 1], fill: 'toself' })
  expect(overlayFigure(chart).layout.annotations?.[0]?.text).toBe('<b>A 1.000</b> ± 1.000')
})

test('on a phone the label of a group has its mean alone', () => {
  const chart = overlay([line('A', 0, [2, 1], { n: 3, low: [1, 0], high: [3, 2] })], { width: 340 })
  expect(overlayFigure(chart).layout.annotations?.[0]?.text).toBe('<b>A 1.000</b>')
})

test('smoothing draws the values behind the smoothed line', () => {
  const chart = overlay([line('A', 0, [2, 1])], { weight: 0.5 })
  const [smooth, values] = drawn(chart)
  expect(values).toMatchObject({ y: [2, 1], opacity: 0.25 })
  expect((smooth!.y as number[])[1]).toBeCloseTo(4 / 3)
})

test('the lines come first, so that charts can be linked by their number', () => {
  const groups = [line('A', 0, [1], { n: 2 }), line('B', 1, [1], { n: 2 })]
  expect(drawn(overlay(groups, { weight: 0.5 })).map(({ name }) => name).slice(0, 2)).toEqual(['A validation', 'B validation'])
})

test('a ring marks the best epoch', () => {
  const chart = overlay([line('A', 0, [2, 1, 3], { best: 1 })])
  expect(drawn(chart).at(-1)).toMatchObject({ x: [2], y: [1], mode: 'markers' })
})

test('the zoomed part is drawn at its own height', () => {
  const chart = overlay([line('A', 0, [9, 2, 1])], { zoom: [2, 3] })
  const { xaxis, yaxis } = overlayFigure(chart).layout
  expect(xaxis?.range).toEqual([2, 3])
  expect(yaxis?.range?.[1]).toBeLessThan(2.1)
})

test('with eleven lines the labels give way, and the line under the pointer is named', () => {
  const lines = Array.from({ length: 11 }, (_, at) => line(`R${at}`, at, [1, 2]))
  const { annotations, hovermode } = overlayFigure(overlay(lines)).layout
  expect(annotations).toEqual([])
  expect(hovermode).toBe('closest')
})

test('many lines of one color and dash are one trace with gaps, and each point has the name of its run', () => {
  const lines = Array.from({ length: 12 }, (_, at) => line(`R${at}`, at % 2, [at, 9]))
  const [first, second, ...others] = drawn(overlay(lines))
  expect(others).toHaveLength(1)
  expect([first!.y.slice(0, 5), first!.x.slice(0, 5)]).toEqual([[0, 9, null, 2, 9], [1, 2, null, 1, 2]])
  expect(first!.text.slice(0, 4)).toEqual(['R0 run R0, validation', 'R0 run R0, validation', null, 'R2 run R2, validation'])
  expect(second!.line.color).toBe('#d55e00')
  expect(drawn(overlay(lines, { focus: 'R2' })).map(({ opacity }) => opacity).slice(0, 3)).toEqual([0.18, 0.18, 1])
})

test('the name of a run is text and not markup', () => {
  const lines = Array.from({ length: 11 }, (_, at) => line(`R${at}`, at, [1, 2], { name: '<b>bold' }))
  expect(drawn(overlay(lines))[0]!.text).toContain('R0 &lt;b>bold, validation')
})

test('a run in focus stands out', () => {
  const chart = overlay([line('A', 0, [1]), line('B', 1, [1])], { focus: 'B' })
  expect(named(chart, 'A validation').opacity).toBeLessThan(0.5)
  expect(named(chart, 'B validation')).toMatchObject({ opacity: 1, line: { width: 3 } })
})

test('without values the chart says so', () => {
  expect(overlayFigure(overlay([line('A', 0, [null, null])])).layout.annotations?.[0]?.text).toBe('No values')
})

test.each([
  ['epoch', 15, ''],
  ['seconds', 90, 's'],
  ['seconds', 600, 'min'],
  ['images', 900_000, 'k'],
] as const)('%s up to %d are labeled in "%s"', (x, end, name) => {
  expect(axisUnit({ x, lines: [line('A', 0, [1], { x: [end] })] }).name).toBe(name)
})

test('labels that would overlap are moved apart, as little as possible', () => {
  expect(apart([10, 12, 60], 15)).toEqual([3.5, 18.5, 60])
  expect(apart([50, 10], 15)).toEqual([50, 10])
  expect(apart([98, 99], 15, 100)).toEqual([85, 100])
})
