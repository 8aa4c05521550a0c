/** A matrix of many classes: its mistakes as cells in the order shown, their color strength, and the part in sight. */

import type { Normalization } from './confusion-matrix'
import { predictedOf, supportsOf, type Cells } from './nonzero-matrix'

/** Matrices of more classes are drawn on a canvas, ordered by similarity. */
export const MAX_TABLE_CLASSES = 20

/** A cell with mistakes; `row` and `column` are places in the order shown, `value` is a count or a share. */
export interface Cell {
  row: number
  column: number
  value: number
}

/** Returns the cells with mistakes, the weakest first, so that strong ones are drawn over them. */
export function mistakeCells(matrix: Cells, places: number[], by: Normalization): Cell[] {
  const totals = by === 'true' ? supportsOf(matrix) : predictedOf(matrix)
  const totalOf = (row: number, column: number): number => (by === 'none' ? 1 : totals[by === 'true' ? row : column]!)
  const cells = matrix.rows.map((from, at) => {
    const to = matrix.columns[at]!
    return { row: places[from]!, column: places[to]!, value: matrix.values[at]! / totalOf(from, to) }
  })
  return cells.filter(({ row, column }) => row !== column).sort((first, second) => first.value - second.value)
}

/** The values with the weakest and the strongest color. */
export interface ColorScale {
  lowest: number
  highest: number
}

/** Returns a scale that all epochs share, as they have the same images: up to the largest class as a whole. */
export function colorScale(supports: number[], by: Normalization): ColorScale {
  const largest = Math.max(...supports)
  return by === 'none' ? { lowest: 1, highest: largest } : { lowest: 1 / largest, highest: 1 }
}

/** Returns for each class its place in `order`. */
export function placesOf(order: number[]): number[] {
  const places: number[] = Array(order.length).fill(0)
  for (const [place, position] of order.entries()) places[position] = place
  return places
}

/** One mistake among 1,000 classes is seen. */
export const WEAKEST = 0.3

/** The color strength of a value on a logarithmic scale: WEAKEST up to the lowest value, 1 for the highest. */
export function logStrength(value: number, { lowest, highest }: ColorScale): number {
  if (highest <= lowest) return 1
  return WEAKEST + ((1 - WEAKEST) * Math.log(Math.max(value / lowest, 1))) / Math.log(highest / lowest)
}

/** Returns at most four values of a legend, evenly spread on the logarithmic scale. */
export function legendValues({ lowest, highest }: ColorScale): number[] {
  const values = [0, 1, 2, 3].map((step) => lowest * (highest / lowest) ** (step / 3))
  const isCount = lowest >= 1
  return [...new Set(values.map((value) => (isCount ? Math.round(value) : Number(value.toPrecision(2)))))]
}

/** The square part of a matrix that is in sight, in places: from `row` and `column` on, `size` classes each way. */
export interface View {
  row: number
  column: number
  size: number
}

export const wholeView = (classes: number): View => ({ row: 0, column: 0, size: classes })

const MIN_SIZE = 4

/** Returns the view after zooming by `factor` (above 1: closer) around a place that stays where it is. */
export function zoomed(view: View, factor: number, classes: number, row = view.row + view.size / 2, column = view.column + view.size / 2): View {
  const size = Math.min(classes, Math.max(Math.min(MIN_SIZE, classes), view.size / factor))
  const share = size / view.size
  return inside({ row: row - (row - view.row) * share, column: column - (column - view.column) * share, size }, classes)
}

/** Returns the view moved by some places, within the matrix. */
export const moved = (view: View, rows: number, columns: number, classes: number): View =>
  inside({ ...view, row: view.row + rows, column: view.column + columns }, classes)

/** Returns the view moved so that a cell is in sight; unchanged if it is. */
export function revealed(view: View, row: number, column: number, classes: number): View {
  const shift = (start: number, place: number): number => (place < start ? place : place + 1 > start + view.size ? place + 1 - view.size : start)
  return inside({ ...view, row: shift(view.row, row), column: shift(view.column, column) }, classes)
}

function inside(view: View, classes: number): View {
  const within = (start: number): number => Math.min(classes - view.size, Math.max(0, start))
  return { ...view, row: within(view.row), column: within(view.column) }
}

const LABEL_PIXELS = 11

/** Returns the places in sight that have a label: each, or every n-th where a class is lower than a line of text. */
export function labeledPlaces(start: number, size: number, pixels: number): number[] {
  const step = Math.max(1, Math.ceil((LABEL_PIXELS * size) / Math.max(pixels, 1)))
  const first = Math.ceil(start / step) * step
  const places = []
  for (let place = first; place < start + size - 0.01; place += step) places.push(place)
  return places
}
