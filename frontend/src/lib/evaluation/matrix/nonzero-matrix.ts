/** A confusion matrix as the cells that are not 0: 1,000 classes have a million cells, and 10,000 images fill 1 % of them. */

import type { NonzeroMatrix } from '../../api/types'

export type Cells = Pick<NonzeroMatrix, 'classes' | 'rows' | 'columns' | 'values'>

/** Returns how many images each true class has. */
export const supportsOf = (matrix: Cells): number[] => sums(matrix, matrix.rows)
/** Returns how many images are predicted as each class. */
export const predictedOf = (matrix: Cells): number[] => sums(matrix, matrix.columns)

function sums({ classes, values }: Cells, positions: number[]): number[] {
  const totals: number[] = Array(classes.length).fill(0)
  for (const [at, position] of positions.entries()) totals[position]! += values[at]!
  return totals
}

export function countAt({ rows, columns, values }: Cells, from: number, to: number): number {
  return values[rows.findIndex((row, at) => row === from && columns[at] === to)] ?? 0
}

/** Returns all cells, for a table of few classes. */
export function dense({ classes, rows, columns, values }: Cells): number[][] {
  const matrix: number[][] = classes.map(() => Array(classes.length).fill(0))
  for (const [at, row] of rows.entries()) matrix[row]![columns[at]!] = values[at]!
  return matrix
}
