import { expect, test } from 'vitest'
import type { Figure } from './curve-figure'
import { plainChart } from './plain-chart'

const trace = { type: 'scatter' as const, x: [1, 2, 3, 4], y: [0, 1, null, 0.5] }
const axis = { tickvals: [0, 1], gridcolor: '#eee' }

/** 100 × 100 pixels around the curves, which run from epoch 1 to 5 and from 0 to 1. */
const figure = (changes: Partial<Figure['layout']> = {}, ...data: Figure['data']): Figure => ({
  data,
  layout: {
    width: 160,
    height: 140,
    margin: { l: 40, r: 20, t: 10, b: 30 },
    font: { size: 11, color: '#666' },
    xaxis: { ...axis, range: [1, 5], tickvals: [1, 5] },
    yaxis: { ...axis, range: [0, 1], ticktext: ['0 %', '100 %'] },
    ...changes,
  },
})

test('a line has a gap where a value is missing, and the dashes of Plotly', () => {
  const { lines } = plainChart(figure({}, { ...trace, mode: 'lines', line: { color: '#07b', width: 2, dash: 'dot' } }))
  expect(lines).toEqual([{ path: 'M40.0 110.0L65.0 10.0M115.0 60.0', color: '#07b', width: 2, dash: '3 3' }])
})

test('values on a logarithmic axis lie at their exponents, and those that have none are left out', () => {
  const yaxis = { ...axis, type: 'log' as const, range: [-2, 0], tickvals: [0.1] }
  const { lines, grid } = plainChart(figure({ yaxis }, { ...trace, mode: 'lines', line: { color: '#07b', width: 2 } }))
  expect(lines[0]!.path).toBe('M65.0 10.0M115.0 25.1')
  expect(grid[0]!.path).toBe('M40 60.0H140')
})

test('markers are dots where they have a size, and a hidden trace has none', () => {
  const marker = { size: [0, 0, 0, 5], color: '#07b' }
  const ring = { ...trace, x: [2], y: [1], mode: 'markers' as const, marker: { size: 9, color: '#fff', line: { color: '#07b', width: 2.5 } } }
  const hidden = { ...trace, mode: 'lines' as const, line: { width: 0 } }
  const { dots } = plainChart(figure({}, { ...trace, mode: 'lines+markers', line: { color: '#07b', width: 2 }, marker }, ring, hidden))
  expect(dots).toEqual([
    { x: 115, y: 60, radius: 2.5, fill: '#07b', color: 'none', width: 0 },
    { x: 65, y: 10, radius: 4.5, fill: '#fff', color: '#07b', width: 2.5 },
  ])
})

test('shapes are areas and lines over the height of the chart', () => {
  const shared = { xref: 'x', yref: 'paper', y0: 0, y1: 1 } as const
  const rect = { ...shared, type: 'rect', x0: 3, x1: 5, fillcolor: '#fbe' } as const
  const line = { ...shared, type: 'line', x0: 2, x1: 2, y1: 0.5, line: { color: '#ccc', width: 1 } } as const
  const { areas, grid } = plainChart(figure({ shapes: [rect, line] }))
  expect(areas).toEqual([{ path: 'M90.0 10H140.0V110H90.0z', color: '#fbe' }])
  expect(grid.at(-1)).toEqual({ path: 'M65.0 110.0V60.0', color: '#ccc', width: 1, dash: '' })
})

test('axes are labelled with their texts, or with their values', () => {
  const { labels } = plainChart(figure())
  expect(labels.map(({ text, anchor, x }) => [text, anchor, x])).toEqual([
    ['1', 'middle', 40],
    ['5', 'middle', 140],
    ['0 %', 'end', 30.8],
    ['100 %', 'end', 30.8],
  ])
})

test('an annotation stands beside its point, shifted and bold as Plotly draws it', () => {
  const end = { xref: 'x', x: 5, yref: 'y', y: 0.5, xanchor: 'left', yanchor: 'middle', xshift: 8, yshift: 3, text: '<b>validation 0.5</b>', font: { color: '#111', size: 12 } } as const
  const best = { xref: 'x', x: 2, yref: 'paper', y: 1, xanchor: 'right', yanchor: 'bottom', text: 'best' } as const
  const { labels } = plainChart(figure({ annotations: [end, best] }))
  expect(labels.slice(4)).toEqual([
    { x: 150, y: 57, anchor: 'start', baseline: 'middle', text: 'validation 0.5', isBold: true, color: '#111', size: 12 },
    { x: 63, y: 8, anchor: 'end', baseline: 'bottom', text: 'best', isBold: false, color: '#666', size: 11 },
  ])
})
