/** Chart annotations beside the curves: changes of the learning rate, and the L1 and L2 penalty in a loss. */

import type { Annotations, Data, Shape } from 'plotly.js'
import { epochPositions, phasePosition, positionOf, type Curve } from './curve'
import { figure } from '../text/format'
import { rateText } from './rate/rate-curve'
import { rateChanges, rateTicks } from './rate/rate-changes'
import { column } from './series'

/** As a share of the chart height. */
const TICK_HEIGHT = 0.045

/** Short lines at the bottom of the chart, one for each epoch that began with another learning rate. */
export function rateTickShapes(curve: Curve): Partial<Shape>[] {
  return rateTicks(curve.table).map((index) => {
    const x = epochPositions(curve)[index]!
    return {
      type: 'line',
      xref: 'x',
      yref: 'paper',
      x0: x,
      x1: x,
      y0: 0,
      y1: TICK_HEIGHT,
      line: { color: curve.palette.muted, width: 1.5 },
    }
  })
}

/** The shading of the epochs that the run's diagnosis is about. */
export function markShapes(curve: Curve): Partial<Shape>[] {
  const x0 = curve.mark && positionOf(curve, curve.mark.epoch)
  if (x0 === null) return []
  const x1 = epochPositions(curve).at(-1)!
  return [{ type: 'rect', xref: 'x', yref: 'paper', x0, x1, y0: 0, y1: 1, layer: 'below', line: { width: 0 }, fillcolor: curve.palette.warnSoft }]
}

/** Thin dashed lines where another part of the network begins to be trained. */
export function phaseShapes(curve: Curve): Partial<Shape>[] {
  return curve.phases.flatMap((phase) => {
    const x = phasePosition(curve, phase)
    if (x === null) return []
    return [{ type: 'line', xref: 'x', yref: 'paper', x0: x, x1: x, y0: 0, y1: 1, layer: 'below', line: { color: curve.palette.muted, width: 1, dash: 'dash' } }]
  })
}

/** The title of each phase, beside its line at the end of the chart that the curves leave free, above ticks of the rate. */
export function phaseLabels(curve: Curve): Partial<Annotations>[] {
  const corner = curve.metric === 'loss' ? ({ y: 1, yanchor: 'top' } as const) : ({ y: TICK_HEIGHT, yanchor: 'bottom' } as const)
  return curve.phases.flatMap((phase) => {
    const x = phasePosition(curve, phase)
    if (x === null) return []
    return [{ showarrow: false, xref: 'x', x, yref: 'paper', ...corner, xanchor: 'left', xshift: 3, text: `${phase.title} →`, font: { color: curve.palette.muted, size: 11 } }]
  })
}

/** An invisible trace that adds the learning rate to the hover label of runs whose rate changes. */
export function rateTrace(curve: Curve): Data {
  const hasChanges = rateChanges(curve.table).length > 0
  return {
    type: 'scatter',
    name: 'learning rate',
    showlegend: false,
    mode: 'lines',
    line: { width: 0, color: curve.palette.muted },
    x: hasChanges ? epochPositions(curve) : [],
    y: hasChanges ? column(curve.table, `val_${curve.metric}`) : [],
    text: hasChanges ? column(curve.table, 'learning_rate').map((rate) => (rate === null ? '' : rateText(rate))) : [],
    hovertemplate: 'learning rate %{text}<extra></extra>',
  }
}

/** Hover texts with the part of each loss that is the L1 and L2 penalty; empty where there is none. */
export function penaltyTexts(curve: Curve, values: (number | null)[]): string[] {
  const penalties = column(curve.table, 'penalty')
  return values.map((_, index) => {
    const penalty = curve.metric === 'loss' ? penalties[index] : null
    return penalty ? `, of which ${figure(penalty)} penalty` : ''
  })
}
