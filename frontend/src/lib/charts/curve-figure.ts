/** Builds the Plotly figure of a loss or accuracy chart. A pure function of its curve, redrawn with `Plotly.react`. */

import type { Annotations, Data, Layout, PlotData, Shape } from 'plotly.js'
import { count, figure as plainNumber, percent } from '../text/format'
import type { Palette } from './palette.svelte'
import { bestPoint, lastPoint, epochPositions, timeUnit, trailPoints, xAxis, yAxis, type Axis, type Curve, type Point } from './curve'
import { markShapes, penaltyTexts, phaseLabels, phaseShapes, rateTickShapes, rateTrace } from './annotations'
import { column } from './series'

export interface Figure {
  data: Data[]
  layout: Partial<Layout>
}

const MARGIN = { l: 52, r: 122, t: 26, b: 32 }
const LINE_HEIGHT = 15
/** Pixels. */
const NARROW = 420
const PALE = '73' // opacity of training behind validation, hexadecimal: 45 %
/** Average width in pixels of a letter in the 11 pixel font. */
const LETTER_WIDTH = 6.2

export function curveFigure(curve: Curve): Figure {
  const x = xAxis(curve)
  const y = yAxis(curve)
  return { data: traces(curve), layout: layout(curve, x, y) }
}

function traces(curve: Curve): Data[] {
  const { metric, palette } = curve
  const trail = trailPoints(curve)
  return [
    rateTrace(curve),
    trace(curve, 'training', column(curve.table, metric), isDense(curve) ? { width: 1, color: `${palette.series}${PALE}` } : { dash: 'dot', width: 2 }),
    trace(curve, 'validation', column(curve.table, `val_${metric}`), { width: isDense(curve) ? 1 : 2 }),
    isolatedDots(curve),
    {
      ...BASE,
      name: 'this epoch',
      x: trail.map((point) => point.x),
      y: trail.map((point) => point.y),
      mode: 'lines',
      hoverinfo: 'skip',
      line: { color: palette.series, width: 1.2, dash: 'dot' },
    },
    ...dots(curve, trail.at(-1)),
  ]
}

/** True if epochs lie closer than pixels: dots and thick lines would run together to a band. */
const isDense = ({ table, width }: Curve): boolean => table.epochs.length > width

const BASE = { type: 'scatter', connectgaps: false, showlegend: false, cliponaxis: false } as const

function trace(curve: Curve, name: string, values: (number | null)[], line: Partial<PlotData['line']>): Data {
  const shares = curve.metric === 'accuracy'
  return {
    ...BASE,
    name,
    x: epochPositions(curve),
    y: values,
    mode: 'lines',
    line: { color: curve.palette.series, dash: 'solid', ...line },
    text: penaltyTexts(curve, values),
    hovertemplate: `${name} %{y:${shares ? '.2%' : '.4f'}}%{text}<extra></extra>`,
  }
}

/** A value between two gaps has no line and is drawn as a dot. Only these values have a marker, because Plotly makes an
 * element of the page for each marker. */
function isolatedDots(curve: Curve): Data {
  const x = epochPositions(curve)
  const points = [curve.metric, `val_${curve.metric}`].flatMap((name) =>
    column(curve.table, name).flatMap((y, at, values) => (y != null && values[at - 1] == null && values[at + 1] == null ? [{ x: x[at]!, y }] : [])),
  )
  return {
    ...BASE,
    name: 'isolated',
    x: points.map((point) => point.x),
    y: points.map((point) => point.y),
    mode: 'markers',
    hoverinfo: 'skip',
    marker: { size: 5, color: curve.palette.series },
  }
}

/** Returns the ring at the best epoch and the dot at the end of the moving line. */
function dots(curve: Curve, moving: Point | undefined): Data[] {
  const { palette } = curve
  const best = bestPoint(curve)
  const tip = moving ?? lastPoint(curve, `val_${curve.metric}`)
  const ring = { size: 9, color: palette.panel, line: { color: palette.series, width: 2.5 } }
  const mark = (name: string, point: Point | null | undefined, marker: object): Data => ({
    ...BASE,
    name,
    x: point ? [point.x] : [],
    y: point ? [point.y] : [],
    mode: 'markers',
    hoverinfo: 'skip',
    marker,
  })
  return [mark('tip', tip, { size: 6, color: palette.series }), mark('best', best, ring)]
}

function layout(curve: Curve, x: Axis, y: Axis): Partial<Layout> {
  const { palette, width, height, log } = curve
  const range = log ? [Math.log10(y.low), Math.log10(y.high)] : [y.low, y.high]
  return {
    width,
    height,
    margin: MARGIN,
    uirevision: `${curve.metric} ${curve.byTime} ${log}`,
    paper_bgcolor: 'transparent',
    plot_bgcolor: 'transparent',
    font: { family: palette.font, size: 11, color: palette.muted },
    hovermode: 'x unified',
    hoverlabel: { bgcolor: palette.panel, bordercolor: palette.lineStrong, font: { color: palette.text, size: 12 } },
    dragmode: width < NARROW ? false : 'zoom',
    xaxis: {
      ...axis(palette, x),
      range: [x.low, x.high],
      showgrid: false,
      hoverformat: curve.byTime ? '.1f' : ',d',
      ...xLabels(curve, x),
    },
    yaxis: {
      ...axis(palette, y),
      range,
      type: log ? 'log' : 'linear',
      gridcolor: palette.grid,
      ticktext: y.ticks.map((tick) => tickText(curve, y, tick)),
    },
    shapes: [...markShapes(curve), ...phaseShapes(curve), ...bestLine(curve), ...rateTickShapes(curve)],
    annotations: y.ticks.length ? [...bestLabel(curve, x), ...markLabel(curve), ...phaseLabels(curve), ...endLabels(curve, y)] : [emptyLabel(curve)],
  }
}

function axis(palette: Palette, { ticks }: Axis): Partial<Layout['xaxis']> {
  return {
    tickvals: ticks,
    zeroline: false,
    showline: false,
    ticks: 'outside',
    ticklen: 6,
    tickcolor: 'transparent',
    color: palette.muted,
    fixedrange: false,
    showspikes: false,
  }
}

/** `unifiedhovertitle` is missing in Plotly's types. */
function xLabels(curve: Curve, { ticks }: Axis): object {
  const { name } = timeUnit(curve)
  if (!curve.byTime) return { ticktext: ticks.map(count), unifiedhovertitle: { text: 'Epoch %{x}' } }
  return { ticktext: ticks.map((tick) => `${tick} ${name}`), unifiedhovertitle: { text: `%{x:.1f} ${name}` } }
}

function tickText(curve: Curve, y: Axis, value: number): string {
  const steps = y.ticks.slice(1).map((tick, at) => tick - y.ticks[at]!)
  const digits = Math.max(0, -Math.floor(Math.log10(Math.min(...steps, 1)) + 1e-9))
  if (curve.metric === 'accuracy') return percent(value, Math.max(0, digits - 2))
  return curve.log ? String(value) : value.toFixed(Math.max(digits, 1))
}

function bestLine(curve: Curve): Partial<Shape>[] {
  const best = bestPoint(curve)
  if (!best) return []
  return [
    {
      type: 'line',
      xref: 'x',
      yref: 'paper',
      x0: best.x,
      x1: best.x,
      y0: 0,
      y1: 1,
      layer: 'below',
      line: { color: curve.palette.lineStrong, width: 1 },
    },
  ]
}

function bestLabel(curve: Curve, x: Axis): Partial<Annotations>[] {
  const best = bestPoint(curve)
  if (!best || !curve.best) return []
  const plot = curve.width - MARGIN.l - MARGIN.r
  const pixels = ((best.x - x.low) / (x.high - x.low)) * plot
  const isLate = pixels + MARGIN.l > curve.best.label.length * LETTER_WIDTH
  return [
    {
      ...LABEL,
      x: best.x,
      y: 1,
      yref: 'paper',
      yanchor: 'bottom',
      xanchor: isLate ? 'right' : 'left',
      text: curve.best.label,
    },
  ]
}

/** The label of the shaded epochs, in the corner that the lines leave free: losses fall, accuracies rise. A narrow chart has
 * no room for it beside the best epoch's. */
function markLabel(curve: Curve): Partial<Annotations>[] {
  const end = epochPositions(curve).at(-1)
  if (!curve.mark || end === undefined || curve.width < NARROW) return []
  const corner = curve.metric === 'loss' ? ({ y: 1, yanchor: 'top' } as const) : ({ y: 0, yanchor: 'bottom' } as const)
  const font = { color: curve.palette.warn, size: 11 }
  return [{ ...LABEL, ...corner, x: end, yref: 'paper', xanchor: 'right', text: curve.mark.label, font }]
}

const LABEL = { showarrow: false, xref: 'x' } as const

/** The text in a chart that has no value to draw. */
function emptyLabel({ metric, table }: Curve): Partial<Annotations> {
  const text = table.epochs.length ? `Every ${metric} is NaN` : 'Waiting for the first batches'
  return { showarrow: false, xref: 'paper', yref: 'paper', x: 0.5, y: 0.5, text, font: { size: 12 } }
}

/** Labels at the ends of the lines replace a legend; they are moved apart where they would overlap. */
function endLabels(curve: Curve, y: Axis): Partial<Annotations>[] {
  const training = trailPoints(curve).at(-1) ?? lastPoint(curve, curve.metric)
  const validation = lastPoint(curve, `val_${curve.metric}`)
  const apart = training && validation ? labelShift(curve, y, training.y, validation.y) : 0
  return [
    ...endLabel(curve, 'training', training, apart, curve.palette.muted),
    ...endLabel(curve, 'validation', validation, -apart, curve.palette.text),
  ]
}

function endLabel(
  curve: Curve,
  name: string,
  point: Point | null,
  yshift: number,
  color: string,
): Partial<Annotations>[] {
  if (!point) return []
  const value = curve.metric === 'accuracy' ? percent(point.y, 1) : shortNumber(point.y)
  const text = name === 'validation' ? `<b>${name} ${value}</b>` : `${name} ${value}`
  const y = curve.log ? Math.log10(point.y) : point.y
  return [
    {
      ...LABEL,
      x: point.x,
      y,
      yref: 'y',
      xanchor: 'left',
      yanchor: 'middle',
      xshift: 8,
      yshift,
      text,
      font: { color, size: 11.5 },
    },
  ]
}

const shortNumber = (value: number): string =>
  Math.abs(value) < 0.1 ? plainNumber(value) : value.toFixed(Math.abs(value) < 10 ? 3 : 1)

/** Returns the pixels by which the first label moves up and the second one down. */
function labelShift(curve: Curve, y: Axis, first: number, second: number): number {
  const scale = (value: number): number => (curve.log ? Math.log10(value) : value)
  const pixels = (curve.height - MARGIN.t - MARGIN.b) / (scale(y.high) - scale(y.low))
  const distance = (scale(first) - scale(second)) * pixels
  const missing = Math.max(0, LINE_HEIGHT - Math.abs(distance)) / 2
  return distance >= 0 ? missing : -missing
}
