/** Builds the Plotly figure of one metric of several runs or groups: validation solid, training dotted, one hue each. */

import type { Annotations, Data, Layout } from 'plotly.js'
import { count, figure as plainNumber, isShare, percent } from '../../text/format'
import { epochTicks, linearTicks } from '../ticks'
import { smoothed } from '../smoothing'
import { axisUnit, scaled, xRange, yRange, type Overlay, type OverlayLine, type Range, type Unit } from './overlay'
import type { Figure } from '../curve-figure'

/** With more lines than these, labels and hover boxes would hide the curves. */
const MAX_LABELLED_LINES = 10
/** With more lines than these only those of validation are labelled. */
const MAX_TRAINING_LABELS = 4
const MAX_UNIFIED_LINES = 8
const LABEL_HEIGHT = 15
const BAND_OPACITY = '29' // hexadecimal, 16 %
const PALE = 0.18 // opacity of lines beside the one in focus
const ROUNDING = 1e-9
/** In pixels: below it a label has room for a letter and a value. */
const NARROW = 420
const MARGIN = { l: 52, t: 12, b: 32 }
const WIDE_LABELS = 128
const NO_LABELS = 16

export function overlayFigure(overlay: Overlay): Figure {
  const x = xRange(overlay)
  const y = yRange(overlay, x)
  return { data: traces(overlay), layout: layout(overlay, x, y) }
}

const BASE = { type: 'scatter', mode: 'lines', connectgaps: false, showlegend: false } as const

/** The lines come first, so that a line has the same number in every chart; what lies behind them follows. */
function traces(overlay: Overlay): Data[] {
  const { lines, weight } = overlay
  const strokes = lines.length > MAX_UNIFIED_LINES ? alike(overlay) : lines.map((line) => [line])
  const bands = lines.filter(({ n }) => n > 1).map((line) => band(overlay, line))
  const values = weight ? strokes.map((stroke) => paleLine(overlay, stroke)) : []
  return [...strokes.map((stroke) => mainLine(overlay, stroke)), ...bands, ...values, bestEpochs(overlay)]
}

/** Groups lines of one color and dash, which are drawn as one trace with gaps: Plotly takes its time for each trace, not for each point. */
function alike(overlay: Overlay): OverlayLine[][] {
  const look = (line: OverlayLine): string => [colorOf(overlay, line), line.kind, overlay.focus === line.key].join()
  const strokes = new Map<string, OverlayLine[]>()
  for (const line of overlay.lines) strokes.set(look(line), [...(strokes.get(look(line)) ?? []), line])
  return [...strokes.values()]
}

/** True if points lie closer than pixels: thick lines would run together to a band. */
const isDense = ({ width }: Overlay, { x }: OverlayLine): boolean => x.length > width
const colorOf = ({ palette }: Overlay, { hue }: OverlayLine): string => palette.hues[hue % palette.hues.length]!
const dashOf = ({ kind }: OverlayLine) => (kind === 'training' ? 'dot' : 'solid') as 'dot' | 'solid'

/** Puts the points of several lines behind each other, with a gap after each line but the last. */
const joined = <T>(lines: T[][]): (T | null)[] => lines.flatMap((line, at) => (at ? [null, ...line] : line))

function mainLine(overlay: Overlay, lines: OverlayLine[]): Data {
  const first = lines[0]!
  const isInFocus = overlay.focus === first.key
  return {
    ...BASE,
    x: joined(lines.map((line) => scaled(overlay, line.x))),
    y: joined(lines.map((line) => smoothed(line.mean, overlay.weight))),
    line: { color: colorOf(overlay, first), width: isInFocus ? 3 : isDense(overlay, first) ? 1 : 2, dash: dashOf(first) },
    opacity: overlay.focus === null || isInFocus ? 1 : PALE,
    name: `${lines.map(({ key }) => key).join(' ')} ${first.kind}`,
    text: joined(lines.map((line) => line.x.map(() => hoverName(overlay, line)))) as string[],
    hovertemplate: `%{text} <b>%{y:${isShare(overlay.metric) ? '.2%' : '.4~g'}}</b><extra></extra>`,
  }
}

/** The values of smoothed lines. */
const paleLine = (overlay: Overlay, lines: OverlayLine[]): Data => ({
  ...BASE,
  ...BEHIND,
  x: joined(lines.map((line) => scaled(overlay, line.x))),
  y: joined(lines.map((line) => line.mean)),
  line: { color: colorOf(overlay, lines[0]!), width: 1, dash: dashOf(lines[0]!) },
  opacity: 0.25,
})

/** The area between the lower and the upper curve of a group: forwards along its top, and back along its bottom. */
function band(overlay: Overlay, line: OverlayLine): Data {
  const x = scaled(overlay, line.x)
  const known = x.map((_, at) => at).filter((at) => line.low[at] != null && line.high[at] != null)
  const back = known.toReversed()
  return {
    ...BASE,
    ...BEHIND,
    x: [...known, ...back].map((at) => x[at]!),
    y: [...known.map((at) => line.high[at]!), ...back.map((at) => line.low[at]!)],
    fill: 'toself',
    fillcolor: `${colorOf(overlay, line)}${BAND_OPACITY}`,
    line: { width: 0 },
  }
}

/** `zorder` is missing in Plotly's types. */
const BEHIND = { hoverinfo: 'skip', zorder: -1 } as { hoverinfo: 'skip' }

/** Rings at the best epochs, where there are few enough lines to tell them apart. */
function bestEpochs(overlay: Overlay): Data {
  const marked = labelled(overlay) ? overlay.lines.filter((line) => line.best !== null) : []
  return {
    ...BASE,
    mode: 'markers',
    hoverinfo: 'skip',
    x: marked.map((line) => scaled(overlay, line.x)[line.best!]!),
    y: marked.map((line) => smoothed(line.mean, overlay.weight)[line.best!]!),
    marker: { size: 9, color: overlay.palette.panel, line: { color: marked.map((line) => colorOf(overlay, line)), width: 2.5 } },
  }
}

const hoverName = (overlay: Overlay, line: OverlayLine): string =>
  overlay.lines.length > MAX_UNIFIED_LINES ? `${line.key} ${escaped(line.name)}, ${line.kind}` : `${line.key} ${line.kind}`

/** Plotly reads a small part of HTML in its texts. */
const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')

function layout(overlay: Overlay, x: Range, y: Range | null): Partial<Layout> {
  const { palette, width, height, lines } = overlay
  const axis = { zeroline: false, showline: false, ticks: 'outside', ticklen: 6, tickcolor: 'transparent', color: palette.muted } as const
  const unit = axisUnit(overlay)
  const tickCount = width < NARROW ? 3 : 5
  const xTicks = overlay.x === 'epoch' && !overlay.zoom ? epochTicks(x[0], x[1], tickCount) : linearTicks(x[0], x[1], tickCount)
  const yTicks = y ? linearTicks(y[0], y[1]) : []
  return {
    width,
    height,
    margin: { ...MARGIN, r: labelled(overlay) ? labelRoom(overlay) : NO_LABELS },
    paper_bgcolor: 'transparent',
    plot_bgcolor: 'transparent',
    font: { family: palette.font, size: 11, color: palette.muted },
    hovermode: lines.length > MAX_UNIFIED_LINES ? 'closest' : 'x unified',
    hoverlabel: { bgcolor: palette.panel, bordercolor: palette.lineStrong, font: { color: palette.text, size: 12 } },
    dragmode: width < NARROW ? false : 'zoom',
    xaxis: { ...axis, range: x, showgrid: false, tickvals: xTicks, ticktext: xTicks.map((tick) => (overlay.x === 'epoch' ? count(tick) : tickText(tick, unit))), ...hoverTitle(overlay, unit) },
    yaxis: { ...axis, range: y ?? [0, 1], fixedrange: true, gridcolor: palette.grid, tickvals: yTicks, ticktext: yTicks.map((tick) => valueText(overlay, tick, yTicks)) },
    annotations: y ? endLabels(overlay, y) : [{ showarrow: false, xref: 'paper', yref: 'paper', x: 0.5, y: 0.5, text: 'No values', font: { size: 12 } }],
  }
}

const tickText = (value: number, { name }: Unit): string => (name.length > 1 || name === 's' ? `${value} ${name}` : `${value}${name}`)

/** `unifiedhovertitle` is missing in Plotly's types. */
function hoverTitle({ x }: Overlay, { name }: Unit): object {
  const titles = { epoch: 'Epoch %{x}', seconds: `%{x:.1f} ${name}`, images: `%{x:,.4~g}${name} images` }
  return { unifiedhovertitle: { text: titles[x] }, hoverformat: x === 'epoch' ? ',d' : '.4~g' }
}

function valueText({ metric }: Overlay, value: number, ticks: number[]): string {
  const step = ticks.length > 1 ? ticks[1]! - ticks[0]! : 1
  const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9))
  if (isShare(metric)) return percent(value, Math.max(0, digits - 2))
  return value !== 0 && Math.abs(value) < 0.001 ? value.toExponential(0) : value.toFixed(digits)
}

const labelled = ({ lines }: Overlay): boolean => lines.length <= MAX_LABELLED_LINES
const labelRoom = ({ width }: Overlay): number => (width < NARROW ? 76 : WIDE_LABELS)

/** Labels at the ends of the lines replace a legend. Where they would overlap, they are moved apart. */
function endLabels(overlay: Overlay, [low, high]: Range): Partial<Annotations>[] {
  if (!labelled(overlay)) return []
  const pixels = (overlay.height - MARGIN.t - MARGIN.b) / (high - low)
  const lines = overlay.lines.filter(({ kind }) => kind === 'validation' || overlay.lines.length <= MAX_TRAINING_LABELS)
  const ends = lines.flatMap((line) => {
    const at = line.mean.findLastIndex((value) => value !== null)
    return at < 0 ? [] : [{ line, x: line.x[at]!, value: smoothed(line.mean, overlay.weight)[at]!, spread: spreadOf(line, at) }]
  })
  const targets = ends.map((end) => (high - end.value) * pixels)
  const places = apart(targets, LABEL_HEIGHT, overlay.height - MARGIN.t - MARGIN.b)
  return ends.map((end, at) => endLabel(overlay, end, targets[at]! - places[at]!))
}

/** Half of the band at a point; equal values differ by rounding alone. */
function spreadOf(line: OverlayLine, at: number): number | null {
  if (line.n < 2 || line.high[at] == null) return null
  const spread = line.high[at]! - line.mean[at]!
  return spread > ROUNDING ? spread : 0
}

interface End {
  line: OverlayLine
  x: number
  value: number
  spread: number | null
}

function endLabel(overlay: Overlay, { line, x, value, spread }: End, yshift: number): Partial<Annotations> {
  const { palette, width } = overlay
  const isValidation = line.kind === 'validation'
  const name = width < NARROW || spread !== null ? line.key : `${line.key} ${line.kind}`
  const label = `${escaped(name)} ${shortValue(overlay.metric, value)}`
  const text = (isValidation ? `<b>${label}</b>` : label) + (spread === null || width < NARROW ? '' : ` ± ${shortValue(overlay.metric, spread).replace('%', '')}`)
  const font = { color: isValidation ? palette.text : palette.muted, size: 11 }
  return { showarrow: false, xref: 'paper', x: 1, xanchor: 'left', xshift: 6, y: value, yanchor: 'middle', yshift, text, font, ...(x < 0 ? { visible: false } : {}) }
}

const shortValue = (metric: string, value: number): string =>
  isShare(metric) ? percent(value, 1) : Math.abs(value) < 0.1 ? plainNumber(value) : value.toFixed(Math.abs(value) < 10 ? 3 : 1)

/** Moves positions apart to at least `distance`, each as little as possible and none beyond `limit`; keeps their order. */
export function apart(positions: number[], distance: number, limit = Infinity): number[] {
  const order = positions.map((_, at) => at).sort((a, b) => positions[a]! - positions[b]!)
  const places = [...positions]
  for (let round = 0; round < positions.length; round++) {
    order.slice(1).forEach((at, before) => {
      const previous = order[before]!
      const missing = distance - (places[at]! - places[previous]!)
      if (missing <= 0) return
      places[at]! += missing / 2
      places[previous]! -= missing / 2
    })
  }
  order.toReversed().forEach((at, after) => (places[at] = Math.min(places[at]!, limit - after * distance)))
  return places
}
