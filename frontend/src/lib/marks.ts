/** What a chart says beside its curves: where the learning rate changed, and how much of a loss is the penalty. */

import type { Data, Shape } from 'plotly.js'
import { places, type Curve } from './curve'
import { figure } from './format'
import { rateText } from './rate-curve'
import { changes, ticked } from './rates'
import { column } from './series'

const TICK = 0.045

/** Short lines at the foot of the chart, one for each epoch from which on another rate was used. */
export function rateTicks(curve: Curve): Partial<Shape>[] {
  return ticked(curve.table).map((place) => {
    const x = places(curve)[place]!
    return {
      type: 'line',
      xref: 'x',
      yref: 'paper',
      x0: x,
      x1: x,
      y0: 0,
      y1: TICK,
      line: { color: curve.palette.muted, width: 1.5 },
    }
  })
}

/** Not drawn: it only speaks on hover, and only where the rate changes at all. */
export function rateTrace(curve: Curve): Data {
  const hasChanges = changes(curve.table).length > 0
  return {
    type: 'scatter',
    name: 'learning rate',
    showlegend: false,
    mode: 'markers',
    marker: { size: 0, color: curve.palette.muted, opacity: 0 },
    x: hasChanges ? places(curve) : [],
    y: hasChanges ? column(curve.table, `val_${curve.metric}`) : [],
    text: hasChanges ? column(curve.table, 'learning_rate').map((rate) => (rate === null ? '' : rateText(rate))) : [],
    hovertemplate: 'learning rate %{text}<extra></extra>',
  }
}

/** The part of each loss that is the L1 and L2 penalty, in words; empty where there is none. */
export function penalties(curve: Curve, values: (number | null)[]): string[] {
  const found = column(curve.table, 'penalty')
  return values.map((_, place) => {
    const penalty = curve.metric === 'loss' ? found[place] : null
    return penalty ? `, ${figure(penalty)} of it penalty` : ''
  })
}
