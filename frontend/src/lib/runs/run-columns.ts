/** The columns of the list of runs. `field` is the server's sort key; a column without one can't be sorted. */

import { monitorOf, monitorTitle } from '../spec/spec'
import { capital } from '../text/format'
import type { Run } from '../api/types'

export const RUN_COLUMNS = [
  { field: 'name', title: 'Name', kind: '' },
  { field: 'status', title: 'Status', kind: '' },
  { field: 'dataset', title: 'Dataset', kind: 'opt' },
  { field: 'model', title: 'Model', kind: 'opt' },
  { field: 'epoch', title: 'Epoch', kind: 'num' },
  { field: '', title: 'Curve', kind: '' },
  { field: 'best.val_accuracy', title: 'Val. accuracy', kind: 'num' },
  { field: 'created_at', title: 'Launched', kind: 'num opt' },
]

export const NEWEST_FIRST = '-created_at'

/** Returns the sort key of an address, or newest first when it names no column. */
export function parseSort(sort: string | null): string {
  const field = sort?.replace(/^-/, '')
  return field && RUN_COLUMNS.some((column) => column.field === field) ? sort! : NEWEST_FIRST
}

/** The metric of a run's sparkline. */
export const sparkMetric = (run: Pick<Run, 'best' | 'spec'>): string => run.best?.monitor ?? monitorOf(run.spec)

/** Returns the metric of most sparklines, which their head names; a run with another one names it in its row. */
export function commonMetric(runs: Pick<Run, 'best' | 'spec'>[]): string {
  const metrics = runs.map(sparkMetric)
  const uses = (metric: string): number => metrics.filter((other) => other === metric).length
  return metrics.reduce((common, metric) => (uses(metric) > uses(common) ? metric : common), metrics[0] ?? 'val_loss')
}

export const sparkTitle = (metric: string): string => capital(monitorTitle(metric))
