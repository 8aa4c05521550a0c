/** Colors and texts of the difference matrix. Its numbers are the second run's counts minus the first's. */

import { rowTotals } from '../../evaluation/matrix/confusion-matrix'
import { inPercent } from '../../text/format'
import { points, signed } from './verdict'
import type { Matrix, Pair } from '../../api/types'

/** Returns the confusion matrices of both runs. */
export function matricesOf({ epochs, split, classes, first_matrix, matrix }: Pair): [Matrix, Matrix] {
  const second = matrix.map((row, from) => row.map((value, to) => first_matrix[from]![to]! + value))
  return [
    { epoch: epochs[0], split, classes, matrix: first_matrix },
    { epoch: epochs[1], split, classes, matrix: second },
  ]
}

/** More of a class predicted right is better, and less of it taken for another class. Null where nothing changed. */
export function favours(value: number, isDiagonal: boolean): 'A' | 'B' | null {
  if (value === 0) return null
  return value > 0 === isDiagonal ? 'B' : 'A'
}

/** Returns the color strength of each cell, 0 to 1; the root lets small differences be seen beside a large one. */
export function differenceStrengths(matrix: number[][]): number[][] {
  const largest = Math.max(...matrix.flat().map(Math.abs), 1)
  return matrix.map((row) => row.map((value) => Math.sqrt(Math.abs(value) / largest)))
}

/** Divides each difference by the images of its true class, which are the same for both runs. */
export function sharesOfClass(matrix: number[][], first: number[][]): number[][] {
  const totals = rowTotals(first)
  return matrix.map((row, from) => row.map((value) => (totals[from] ? value / totals[from]! : 0)))
}

export const countText = (value: number): string => (value === 0 ? '' : signed(value, 0))

/** Percent of a class without the sign for it, which the corner of the table has. */
export function shareText(value: number): string {
  return value === 0 ? '' : signed(value * 100, Math.abs(value) < 0.0995 ? 1 : 0)
}

/** Returns the change of each class's recall in points; empty for a class without images. */
export function recallTexts(matrix: number[][], first: number[][]): string[] {
  const totals = rowTotals(first)
  return matrix.map((row, at) => (totals[at] ? points(row[at]! / totals[at]!, 1) : ''))
}

/** "Sandal gains most, Shirt loses 2.8 pt." */
export function summary(matrix: number[][], first: number[][], classes: string[]): string {
  const totals = rowTotals(first)
  const changes = classes.map((name, at) => ({ name, change: totals[at] ? matrix[at]![at]! / totals[at]! : 0 }))
  const [most, least] = [changes.reduce((a, b) => (b.change > a.change ? b : a)), changes.reduce((a, b) => (b.change < a.change ? b : a))]
  const gain = most.change > 0 ? `${most.name} gains most with B, ${inPercent(most.change)} pt of recall` : ''
  const loss = least.change < 0 ? `${least.name} loses most, ${inPercent(-least.change)} pt` : ''
  const text = [gain, loss].filter(Boolean).join('; ')
  return text ? `${text}.` : 'No class is recognized better or worse.'
}

/** "Sandal predicted as Sneaker: A 66, B 32, so 34 fewer with B." */
export function cellText(names: { true: string; predicted: string }, first: number, second: number): string {
  const change = second - first
  const comparison = change === 0 ? 'the same number' : `so ${Math.abs(change)} ${change > 0 ? 'more' : 'fewer'} with B`
  const what = names.true === names.predicted ? `${names.true} predicted correctly` : `${names.true} predicted as ${names.predicted}`
  return `${what}: A ${first}, B ${second}, ${comparison}.`
}
