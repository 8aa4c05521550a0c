/** What a Plotly figure of curves looks like as plain SVG, which is drawn before Plotly is loaded. A pure function. */

import type { Annotations, Layout, LayoutAxis, ScatterData, Shape } from 'plotly.js'
import type { Figure } from './curve-figure'

export interface Line {
  path: string
  color: string
  width: number
  dash: string
}

export interface Dot {
  x: number
  y: number
  radius: number
  fill: string
  /** Of the ring; none where the width is 0. */
  color: string
  width: number
}

export interface Label {
  x: number
  y: number
  /** `y` is that of the text's middle or of its last line's bottom. */
  baseline: 'middle' | 'bottom' | 'top'
  anchor: 'start' | 'middle' | 'end'
  text: string
  isBold: boolean
  color: string
  size: number
}

export interface PlainChart {
  width: number
  height: number
  /** Filled areas, below everything. */
  areas: { path: string; color: string }[]
  grid: Line[]
  lines: Line[]
  dots: Dot[]
  labels: Label[]
}

/** Maps a value of the axis to pixels. */
type Scale = (value: number) => number
interface Frame {
  layout: Partial<Layout>
  /** Pixels from the left edge, and from the top edge. */
  x: Scale
  y: Scale
  left: number
  right: number
  top: number
  bottom: number
}
type Trace = Partial<ScatterData>

/** Pixels from the frame to the middle of the labels of the axes, as Plotly places them. */
const X_LABEL_DISTANCE = 16.2
const Y_LABEL_DISTANCE = 9.2
/** Pixels from an annotation's point to its text. */
const PADDING = 2

export function plainChart({ data, layout }: Figure): PlainChart {
  const frame = frameOf(layout)
  const traces = (data as Trace[]).filter((trace) => trace.line?.width !== 0)
  const shapes = layout.shapes ?? []
  const strokes = shapes.filter((shape) => shape.type === 'line')
  return {
    width: layout.width!,
    height: layout.height!,
    areas: shapes.filter((shape) => shape.type === 'rect').map((shape) => area(frame, shape)),
    grid: [...gridLines(frame), ...strokes.map((shape) => stroke(frame, shape))],
    lines: traces.filter(({ mode }) => mode?.startsWith('lines')).map((trace) => curveLine(frame, trace)),
    dots: traces.flatMap((trace) => dots(frame, trace)),
    labels: [...axisLabels(frame), ...(layout.annotations ?? []).map((note) => annotation(frame, note))],
  }
}

function frameOf(layout: Partial<Layout>): Frame {
  const { l = 0, r = 0, t = 0, b = 0 } = layout.margin ?? {}
  const [left, right, top, bottom] = [l, layout.width! - r, t, layout.height! - b]
  return { layout, left, right, top, bottom, x: scale(layout.xaxis!, left, right), y: scale(layout.yaxis!, bottom, top) }
}

/** The ends of a logarithmic axis' range are exponents. */
function scale({ range }: Partial<LayoutAxis>, from: number, to: number): Scale {
  const [low, high] = range as [number, number]
  return (value) => from + ((value - low) / (high - low || 1)) * (to - from)
}

const yOf = ({ layout, y }: Frame, value: number): number => y(layout.yaxis?.type === 'log' ? Math.log10(value) : value)
const isDrawn = ({ layout }: Frame, value: unknown): value is number =>
  typeof value === 'number' && (layout.yaxis?.type !== 'log' || value > 0)
const pixels = (value: number): string => value.toFixed(1)

/** The line of a trace, with a gap where a value is missing. */
function curveLine(frame: Frame, { x = [], y = [], line }: Trace): Line {
  const values = y as (number | null)[]
  const path = values.map((value, at) => {
    if (!isDrawn(frame, value)) return ''
    const isFirst = !isDrawn(frame, values[at - 1])
    return `${isFirst ? 'M' : 'L'}${pixels(frame.x(x[at] as number))} ${pixels(yOf(frame, value))}`
  })
  return { path: path.join(''), color: String(line!.color), width: line!.width!, dash: dashes(line!.dash, line!.width!) }
}

/** Plotly's lengths of dots and dashes. */
function dashes(dash: string | undefined, width: number): string {
  const unit = Math.max(width, 3)
  return dash === 'dot' ? `${unit} ${unit}` : dash === 'dash' ? `${3 * unit} ${3 * unit}` : ''
}

/** The markers of a trace that are larger than nothing. */
function dots(frame: Frame, { x = [], y = [], mode, marker }: Trace): Dot[] {
  if (!mode?.includes('markers')) return []
  const sizes = marker!.size!
  return (y as (number | null)[]).flatMap((value, at) => {
    const size = Array.isArray(sizes) ? (sizes[at] as number) : (sizes as number)
    if (!isDrawn(frame, value) || !size) return []
    const ring = { color: String(marker!.line?.color ?? 'none'), width: Number(marker!.line?.width ?? 0) }
    return [{ x: frame.x(x[at] as number), y: yOf(frame, value), radius: size / 2, fill: String(marker!.color), ...ring }]
  })
}

function gridLines(frame: Frame): Line[] {
  const { tickvals = [], gridcolor } = frame.layout.yaxis!
  return tickvals.map((value) => ({ path: `M${frame.left} ${pixels(yOf(frame, value as number))}H${frame.right}`, color: String(gridcolor), width: 1, dash: '' }))
}

/** A line at one x; y runs from 0 at the bottom of the frame to 1 at its top. */
function stroke(frame: Frame, { x0, y0, y1, line }: Partial<Shape>): Line {
  const y = (share: unknown): string => pixels(frame.bottom - Number(share) * (frame.bottom - frame.top))
  const width = line!.width!
  return { path: `M${pixels(frame.x(x0 as number))} ${y(y0)}V${y(y1)}`, color: String(line!.color), width, dash: dashes(line!.dash, width) }
}

function area(frame: Frame, { x0, x1, fillcolor }: Partial<Shape>): { path: string; color: string } {
  const [left, right] = [frame.x(x0 as number), frame.x(x1 as number)]
  return { path: `M${pixels(left)} ${frame.top}H${pixels(right)}V${frame.bottom}H${pixels(left)}z`, color: fillcolor! }
}

function axisLabels(frame: Frame): Label[] {
  const { xaxis, yaxis, font } = frame.layout
  const look = { isBold: false, color: String(font!.color), size: font!.size!, baseline: 'middle' } as const
  const text = (axis: Partial<LayoutAxis>, at: number): string => axis.ticktext?.[at] ?? String(axis.tickvals![at])
  const below = (xaxis!.tickvals ?? []).map((value, at): Label => ({ ...look, anchor: 'middle', x: frame.x(value as number), y: frame.bottom + X_LABEL_DISTANCE, text: text(xaxis!, at) }))
  const beside = (yaxis!.tickvals ?? []).map((value, at): Label => ({ ...look, anchor: 'end', x: frame.left - Y_LABEL_DISTANCE, y: yOf(frame, value as number), text: text(yaxis!, at) }))
  return [...below, ...beside]
}

const ANCHORS = { left: 'start', center: 'middle', auto: 'middle', right: 'end' } as const
const BASELINES = { top: 'top', middle: 'middle', auto: 'middle', bottom: 'bottom' } as const

/** A text of Plotly may be bold as a whole. */
function annotation(frame: Frame, note: Partial<Annotations>): Label {
  const { layout, left, right, top, bottom } = frame
  const [x, y] = [Number(note.x), Number(note.y)]
  const anchor = ANCHORS[note.xanchor ?? 'auto']
  const baseline = BASELINES[note.yanchor ?? 'auto']
  const text = note.text!.replace(/^<b>(.*)<\/b>$/, '$1')
  return {
    anchor,
    baseline,
    text,
    isBold: text !== note.text,
    x: (note.xref === 'paper' ? left + x * (right - left) : frame.x(x)) + (note.xshift ?? 0) + { start: PADDING, middle: 0, end: -PADDING }[anchor],
    y: (note.yref === 'paper' ? bottom - y * (bottom - top) : frame.y(y)) - (note.yshift ?? 0) + { top: PADDING, middle: 0, bottom: -PADDING }[baseline],
    color: String(note.font?.color ?? layout.font!.color),
    size: note.font?.size ?? layout.font!.size!,
  }
}
