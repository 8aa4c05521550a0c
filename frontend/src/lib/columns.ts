/** The columns of the list of runs; `field` is what the board sorts by, empty where it can't. */

export const columns = [
  { field: 'name', title: 'Name', kind: '' },
  { field: 'status', title: 'Status', kind: '' },
  { field: 'dataset', title: 'Dataset', kind: 'opt' },
  { field: 'model', title: 'Model', kind: 'opt' },
  { field: 'epoch', title: 'Epoch', kind: 'num' },
  { field: '', title: 'Curve', kind: '' },
  { field: 'best.val_accuracy', title: 'Val. accuracy at its best', kind: 'num' },
  { field: 'created_at', title: 'Launched', kind: 'num opt' },
]

export const NEWEST = '-created_at'

/** What an address asks to sort by, or the newest first where nothing is called like that. */
export function sortOf(asked: string | null): string {
  const field = asked?.replace(/^-/, '')
  return field && columns.some((column) => column.field === field) ? asked! : NEWEST
}
