/** A row of the table, and how the board's events move it on between two readings of the list. */

import { curveScale } from '../../charts/sparkline'
import { valueAt } from '../../spec/spec'
import { isShare, percent } from '../../text/format'
import { MONITOR } from '../view/default-view'
import { advance, type RunEvent } from '../../live/run-state'
import type { Json, LiveRow, Run } from '../../api/types'

/** Returns the row after an event of its run. Its fields follow: a status event has the whole run, an epoch its metrics. */
export function advanceRow(row: LiveRow, event: RunEvent, now: number): LiveRow {
  const next = advance(row, event, now)
  if (next === row) return row
  if (event.kind === 'status') return { ...next, fields: fieldsOf(event.data as unknown as Run, row.fields) }
  if (event.kind === 'epoch') return { ...next, fields: fieldsAfterEpoch(next, event.data as unknown as Pick<Run, 'best' | 'metrics'>, row.fields) }
  return next
}

const METRIC = /^(best|last|test)\.(.+)$/

/** The fields' new values in a run as the server describes it; those that it doesn't have stay. */
function fieldsOf(run: Run, fields: LiveRow['fields']): LiveRow['fields'] {
  return mapped(fields, (path, value) => fieldOf(run, path) ?? value)
}

function fieldOf(run: Run, path: string): Json | undefined {
  const [, stage, name] = METRIC.exec(path) ?? []
  const metrics = stage === 'best' ? run.best?.metrics : stage === 'last' ? run.metrics : run.test?.metrics
  if (name) return metrics?.[name]
  return path in run ? ((run as unknown as Record<string, Json>)[path] ?? null) : valueAt(run.spec, path)
}

function fieldsAfterEpoch(row: LiveRow, { best, metrics }: Pick<Run, 'best' | 'metrics'>, fields: LiveRow['fields']): LiveRow['fields'] {
  return mapped(fields, (path, value) => {
    const [, stage, name] = METRIC.exec(path) ?? []
    if (path === 'epoch') return row.epoch
    if (stage === 'best') return best ? (best.metrics[name!] ?? null) : value
    return stage === 'last' ? (metrics?.[name!] ?? null) : value
  })
}

const mapped = (fields: LiveRow['fields'], change: (path: string, value: Json) => Json): LiveRow['fields'] =>
  Object.fromEntries(Object.entries(fields).map(([path, value]) => [path, change(path, value)]))

type Monitored = Pick<LiveRow, 'best' | 'fields'>

/** The metric of a row's sparkline. */
export const sparkMetric = (row: Monitored): string => row.best?.monitor ?? String(row.fields[MONITOR] ?? 'val_loss')

/** The metric of most sparklines, which their column's head names; a run with another one names it in its row. */
export function commonMetric(rows: Monitored[]): string {
  const uses = new Map<string, number>()
  for (const metric of rows.map(sparkMetric)) uses.set(metric, (uses.get(metric) ?? 0) + 1)
  return [...uses].reduce((most, entry) => (entry[1] > most[1] ? entry : most), ['val_loss', 0])[0]
}

export interface Scale {
  metric: string
  low: number
  high: number
}

/** One scale for the sparklines of `rows`. */
export function sparkScale(rows: (Monitored & Pick<LiveRow, 'spark'>)[]): Scale {
  const metric = commonMetric(rows)
  const curves = rows.filter((row) => sparkMetric(row) === metric).map((row) => row.spark)
  return { metric, ...curveScale(curves) }
}

/** "85 to 94%", or "0.21 to 1.2" for a loss. */
export function scaleText({ metric, low, high }: Scale): string {
  if (isShare(metric)) return `${percent(low, 0).replace('%', '')} to ${percent(high, 0)}`
  return `${Number(low.toPrecision(2))} to ${Number(high.toPrecision(2))}`
}
