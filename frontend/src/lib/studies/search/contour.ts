/** The contour of two settings: the objective between the runs, interpolated, and its bands. */

import { linearTicks } from '../../charts/ticks'
import type { Scale } from '../scale'
import type { ScoredTrial } from '../trials'

export interface ContourPoint {
  x: number
  y: number
  value: number
  trial: ScoredTrial
}

export const CELLS = 32

/** Returns the runs that have both settings, at their positions from 0 to 1. */
export function contourPoints(trials: ScoredTrial[], [xPath, yPath]: [string, string], x: Scale, y: Scale): ContourPoint[] {
  return trials.flatMap((trial) => {
    const at = [x.at(trial.values[xPath]), y.at(trial.values[yPath])]
    return at[0] == null || at[1] == null ? [] : [{ x: at[0], y: at[1], value: trial.value, trial }]
  })
}

/** Returns rows of values on a square grid: at each cell the mean of all runs, weighted by the inverse of their squared distance. */
export function interpolated(points: ContourPoint[], cells = CELLS): number[][] {
  const place = (cell: number): number => cell / (cells - 1)
  return Array.from({ length: cells }, (_, row) => Array.from({ length: cells }, (_, column) => meanAt(points, place(column), place(row))))
}

/** Keeps a run from having an infinite weight at its own place. */
const NEAREST = 1e-3

function meanAt(points: ContourPoint[], x: number, y: number): number {
  let sum = 0
  let weights = 0
  for (const point of points) {
    const weight = 1 / ((point.x - x) ** 2 + (point.y - y) ** 2 + NEAREST)
    sum += weight * point.value
    weights += weight
  }
  return sum / weights
}

/** What lies at or above a level: its area, and the line where it begins. SVG paths in cells of the grid, from 0 on. */
export interface Band {
  level: number
  area: string
  line: string
}

type Corner = { x: number; y: number; value: number }

const BANDS = 10

/** Returns the bands of a grid from the lowest up, at round values. The first one fills the whole grid. */
export function bands(grid: number[][], count = BANDS): Band[] {
  const values = grid.flat()
  const [low, high] = [Math.min(...values), Math.max(...values)]
  const levels = high > low ? linearTicks(low, high, count).filter((level) => level > low) : []
  return [low, ...levels].map((level) => bandFrom(grid, level))
}

function bandFrom(grid: number[][], level: number): Band {
  const cells = grid.slice(1).flatMap((_, y) => grid[y]!.slice(1).map((_, x) => corners(grid, x, y)))
  const outlines = cells.map((cell) => cell.flatMap((from, at) => above(from, cell[(at + 1) % cell.length]!, level)))
  return {
    level,
    area: outlines.map((outline) => path(outline)).filter(Boolean).join('z'),
    line: outlines.map((outline) => path(outline.filter(({ value }) => Number.isNaN(value)))).join(''),
  }
}

function corners(grid: number[][], x: number, y: number): Corner[] {
  const places = [[x, y], [x + 1, y], [x + 1, y + 1], [x, y + 1]] as const
  return places.map(([x, y]) => ({ x, y, value: grid[y]![x]! }))
}

/** Returns the first corner of an edge if it is above the level, and where the edge crosses the level, a point whose value is NaN. */
function above(from: Corner, to: Corner, level: number): Corner[] {
  const start = from.value >= level ? [from] : []
  if (from.value >= level === to.value >= level) return start
  const share = (level - from.value) / (to.value - from.value)
  return [...start, { x: from.x + share * (to.x - from.x), y: from.y + share * (to.y - from.y), value: NaN }]
}

const path = (points: Corner[]): string => points.map(({ x, y }, at) => `${at ? 'L' : 'M'}${round(x)} ${round(y)}`).join('')
const round = (value: number): number => Math.round(value * 100) / 100
