/** The values of a chart as CSV: one row for each line and position. */

import { csv } from '../../text/csv'
import type { Horizontal, OverlayLine } from './overlay'

export function overlayCsv(metric: string, x: Horizontal, lines: OverlayLine[]): string {
  const header = ['line', 'name', 'series', 'runs', x, 'mean', 'low', 'high']
  const rows = lines.flatMap((line) =>
    line.x.map((position, at) => [
      line.key,
      line.name,
      line.kind === 'validation' ? `val_${metric}` : metric,
      line.n,
      position,
      line.mean[at] ?? null,
      line.low[at] ?? null,
      line.high[at] ?? null,
    ]),
  )
  return csv([header, ...rows])
}
