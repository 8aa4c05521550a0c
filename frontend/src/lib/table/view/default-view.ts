/** The view of an address without a query: what its columns are, and how its first rows are read. */

/** The path of the sparkline's column, which is a column but no field. */
export const CURVE = 'curve'
export const NEWEST_FIRST = '-created_at'
export const DEFAULT_PATHS = ['status', CURVE, 'best.val_accuracy', 'epoch', 'dataset', 'model', 'seconds', 'created_at']
/** The field that names the metric of a run that has no epoch yet. It is read with every row. */
export const MONITOR = 'callbacks.checkpoint.monitor'
/** Fills a screen, so that the first rows are there at once. */
export const FIRST_PAGE = 60

/** The parameters of rows in an order and with the fields of some columns; a curve is in every row. */
export function rowParams(sort: string, paths: string[]): [string, string][] {
  const fields = paths.filter((path) => path !== CURVE)
  return [['sort', sort], ['columns', [MONITOR, ...fields].join(',')]]
}

export function defaultRowsAddress(): string {
  const params: [string, string][] = [['view', 'row'], ...rowParams(NEWEST_FIRST, DEFAULT_PATHS), ['limit', String(FIRST_PAGE)]]
  return `/api/runs?${params.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&')}`
}
