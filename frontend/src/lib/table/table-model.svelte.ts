/** The table's model by TanStack Table: selection with ranges, order and widths of columns. */

import {
  columnResizingFeature,
  columnSizingFeature,
  createTable,
  rowSelectionFeature,
  tableFeatures,
  type ColumnDef,
  type Header,
  type Row,
  type SvelteTable,
  type Updater,
} from '@tanstack/svelte-table'
import type { Item } from './run-table.svelte'
import type { Selection } from './rows/selection.svelte'
import type { Column } from './view/view'
import { MIN_WIDTH, NAME_WIDTH, usualWidth } from './view/widths'

const features = tableFeatures({
  rowSelectionFeature,
  columnSizingFeature,
  columnResizingFeature,
})
export type Model = SvelteTable<typeof features, Item>
export type ItemRow = Row<typeof features, Item>
export type ItemHeader = Header<typeof features, Item>

interface Source {
  items: () => Item[]
  columns: () => Column[]
  selection: () => Selection
  /** Widths during a resizing, by path; afterwards they are in the columns. */
  widths: { current: Record<string, number> }
}

export function createModel({ items, columns, selection, widths }: Source): Model {
  const definitions = $derived(columnDefinitions(columns()))
  return createTable<typeof features, Item>({
    features,
    get data() {
      return items()
    },
    get columns() {
      return definitions
    },
    getRowId: (item) => item.key,
    enableRowSelection: (row) => row.original.kind === 'run',
    columnResizeMode: 'onChange',
    state: {
      get rowSelection() {
        return selection().ids
      },
      get columnSizing() {
        return widths.current
      },
    },
    onRowSelectionChange: (updater) => selection().set(Object.keys(updated(updater, selection().ids))),
    onColumnSizingChange: (updater) => {
      widths.current = updated(updater, widths.current)
    },
  })
}

const updated = <T>(updater: Updater<T>, value: T): T => (updater instanceof Function ? updater(value) : updater)

const columnDefinitions = (columns: Column[]): ColumnDef<typeof features, Item>[] => [
  { id: 'name', header: 'Name', size: NAME_WIDTH, enableResizing: false },
  ...columns.map(({ path, width }) => ({ id: path, size: width ?? usualWidth(path), minSize: MIN_WIDTH })),
]
