/** The columns of the list of runs. `field` is the server's sort key; a column without one can't be sorted. */

export const RUN_COLUMNS = [
  { field: 'name', title: 'Name', kind: '' },
  { field: 'status', title: 'Status', kind: '' },
  { field: 'dataset', title: 'Dataset', kind: 'opt' },
  { field: 'model', title: 'Model', kind: 'opt' },
  { field: 'epoch', title: 'Epoch', kind: 'num' },
  { field: '', title: 'Curve', kind: '' },
  { field: 'best.val_accuracy', title: 'Best val. accuracy', kind: 'num' },
  { field: 'created_at', title: 'Started', kind: 'num opt' },
]

export const NEWEST_FIRST = '-created_at'

/** Returns the sort key of an address, or newest first when it names no column. */
export function parseSort(sort: string | null): string {
  const field = sort?.replace(/^-/, '')
  return field && RUN_COLUMNS.some((column) => column.field === field) ? sort! : NEWEST_FIRST
}
