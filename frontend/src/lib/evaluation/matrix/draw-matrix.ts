/** Draws a matrix of many classes on a canvas: DOM and SVG take too long for the 10,000 cells of 100 classes. */

import type { Group } from './class-tree'
import { mix, rgb, type Rgb } from './confusion-matrix'
import { logStrength, type Cell, type ColorScale, type View } from './large-matrix'

export interface Drawing {
  cells: Cell[]
  scale: ColorScale
  classes: number
  view: View
  groups: Group[]
  /** The chosen cell, row or column; null where none is chosen. */
  chosen: { row: number | null; column: number | null }
  colors: { ground: string; wrong: string; diagonal: string; line: string; text: string }
}

const SHADES = 64
/** Cells are at least as wide as this, so that a single mistake among 1,000 classes is seen. */
const MIN_CELL_PIXELS = 1.5

export function drawMatrix(context: CanvasRenderingContext2D, side: number, drawing: Drawing): void {
  const { cells, scale, classes, view, groups, chosen, colors } = drawing
  const pixels = side / view.size
  const x = (place: number): number => (place - view.column) * pixels
  const y = (place: number): number => (place - view.row) * pixels
  const gap = pixels > 6 ? 1 : 0
  const width = Math.max(pixels - gap, MIN_CELL_PIXELS)

  const ground = rgb(colors.ground)
  context.fillStyle = css(ground)
  context.fillRect(0, 0, side, side)
  context.fillStyle = colors.diagonal
  for (let place = 0; place < classes; place += 1) context.fillRect(x(place), y(place), width, width)

  const shades = shadesBetween(ground, rgb(colors.wrong))
  for (const { row, column, value } of cells) {
    context.fillStyle = shades[Math.round(logStrength(value, scale) * (SHADES - 1))]!
    context.fillRect(x(column), y(row), width, width)
  }
  context.strokeStyle = colors.line
  for (const { start, end } of groups) context.strokeRect(x(start) - 0.5, y(start) - 0.5, (end - start) * pixels, (end - start) * pixels)
  drawChosen(context, side, { x, y, pixels, chosen, color: colors.text })
}

interface Chosen {
  x: (place: number) => number
  y: (place: number) => number
  pixels: number
  chosen: Drawing['chosen']
  color: string
}

function drawChosen(context: CanvasRenderingContext2D, side: number, { x, y, pixels, chosen, color }: Chosen): void {
  context.strokeStyle = color
  const { row, column } = chosen
  if (row !== null && column !== null) {
    context.lineWidth = 2
    context.strokeRect(x(column) - 1, y(row) - 1, pixels + 1, pixels + 1)
    context.lineWidth = 1
  } else if (row !== null) context.strokeRect(0.5, y(row) - 0.5, side - 1, pixels)
  else if (column !== null) context.strokeRect(x(column) - 0.5, 0.5, pixels, side - 1)
}

const css = (color: Rgb): string => `rgb(${color.join(' ')})`

function shadesBetween(ground: Rgb, hue: Rgb): string[] {
  return Array.from({ length: SHADES }, (_, step) => css(mix(hue, ground, step / (SHADES - 1))))
}
