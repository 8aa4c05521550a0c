/** How the cells of a column look, which is the same in all rows, and what a cell says. */

import { fieldInterval, fieldText, isNumber, isTime } from '../../runs/run-fields'
import { CURVE } from './default-view'
import type { LiveRow, RunField } from '../../api/types'

export interface CellColumn {
  path: string
  classes: string
  isTime: boolean
}

/** `main`: the column whose value a card shows. */
export function cellColumn(path: string, field: RunField | undefined, main: string): CellColumn {
  const marks = { num: path !== CURVE && isNumber(path, field), 'c-curve curve': path === CURVE, 'c-status': path === 'status', 'c-main': path === main }
  const classes = Object.entries(marks).flatMap(([name, has]) => (has ? [name] : []))
  return { path, classes: classes.join(' '), isTime: isTime(path) }
}

/** The whole text, which a narrow column cuts, and the interval of an accuracy; undefined for a cell without a value. */
export function cellTitle(row: LiveRow, path: string): string | undefined {
  const value = row.fields[path]
  if (value == null) return undefined
  return [fieldText(path, value), fieldInterval(path, value, row)].filter(Boolean).join(', ') || undefined
}
