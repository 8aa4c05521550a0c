/** Widths of columns and heights of rows, in pixels. */

import { CURVE } from './default-view'
import type { Column } from './view'

export const NAME_WIDTH = 220
export const MIN_WIDTH = 60
export const MAX_WIDTH = 800
export const ROW_HEIGHT = 37
/** Of a run as a card of two lines, with the gap below it. */
export const CARD_HEIGHT = 80
/** Of a group, whose title may take two lines. */
export const GROUP_CARD_HEIGHT = 72

const WIDTHS: Record<string, number> = { status: 140, [CURVE]: 196, 'best.val_accuracy': 156, 'best.val_macro_f1': 156, dataset: 118, model: 116, epoch: 96, seconds: 124, created_at: 104 }
const USUAL = 124

export const widthOf = ({ path, width }: Column): number => width ?? WIDTHS[path] ?? USUAL

/** The columns with other widths, by path. */
export function withWidths(columns: Column[], widths: Record<string, number>): Column[] {
  return columns.map((column) => (column.path in widths ? { ...column, width: Math.round(widths[column.path]!) } : column))
}
