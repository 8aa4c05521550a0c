/** Draws the points of a map on a canvas: squares of one color at a time, since changing the color is what takes long. */

import type { Group } from './coloring'
import type { Places, Point } from './places'
import { pixelOf, type Viewport } from './viewport'

const SIZE = 3.5
const FADED = 0.12

export interface Picture {
  places: Places
  groups: Group[]
  viewport: Viewport
  /** Groups whose points are drawn in full; empty: all. */
  highlighted: Set<string>
  /** Chosen points; all others are faded. null: nothing is chosen. */
  chosen: Set<number> | null
  lasso: Point[]
  ink: string
}

/** `width`, `height` are in CSS pixels, `density` is the number of device pixels in one. */
export function draw(context: CanvasRenderingContext2D, width: number, height: number, density: number, picture: Picture): void {
  context.setTransform(density, 0, 0, density, 0, 0)
  context.clearRect(0, 0, width, height)
  const size = SIZE * Math.min(3, Math.sqrt(picture.viewport.scale / (Math.min(width, height) / 2)))
  for (const group of picture.groups) {
    context.fillStyle = group.color
    const isFaded = picture.highlighted.size > 0 && !picture.highlighted.has(group.name)
    drawPoints(context, picture, group.points, size, isFaded, width, height)
  }
  drawLasso(context, picture)
}

function drawPoints(context: CanvasRenderingContext2D, { places, viewport, chosen }: Picture, points: number[], size: number, isFaded: boolean, width: number, height: number): void {
  const half = size / 2
  let alpha = -1
  for (const point of points) {
    const x = places.x[point]! * viewport.scale + viewport.x - half
    const y = places.y[point]! * viewport.scale + viewport.y - half
    if (x < -size || y < -size || x > width || y > height) continue
    const opacity = isFaded || (chosen && !chosen.has(point)) ? FADED : 0.85
    if (opacity !== alpha) context.globalAlpha = alpha = opacity
    context.fillRect(x, y, size, size)
  }
  context.globalAlpha = 1
}

function drawLasso(context: CanvasRenderingContext2D, { lasso, viewport, ink }: Picture): void {
  if (lasso.length < 2) return
  context.beginPath()
  for (const place of lasso) {
    const { x, y } = pixelOf(viewport, place)
    context.lineTo(x, y)
  }
  context.closePath()
  context.strokeStyle = ink
  context.setLineDash([4, 3])
  context.stroke()
  context.setLineDash([])
}
