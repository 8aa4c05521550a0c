/** What part of a map is on the screen: a scale and the pixel of its centre. */

import type { Point } from './places'

export interface Viewport {
  /** Pixels of the distance 1. */
  scale: number
  /** The pixel of the place (0, 0). */
  x: number
  y: number
}

const MARGIN = 12
const MAX_ZOOM = 60

/** Returns the viewport that shows the whole map. */
export function fitted(width: number, height: number): Viewport {
  return { scale: Math.max(1, Math.min(width, height) / 2 - MARGIN), x: width / 2, y: height / 2 }
}

/** Zooms around a pixel, which keeps its place. A map is never smaller than as a whole. */
export function zoomed(viewport: Viewport, pixel: Point, factor: number, whole: Viewport): Viewport {
  const scale = Math.min(whole.scale * MAX_ZOOM, Math.max(whole.scale, viewport.scale * factor))
  if (scale === whole.scale) return whole
  const ratio = scale / viewport.scale
  return { scale, x: pixel.x + (viewport.x - pixel.x) * ratio, y: pixel.y + (viewport.y - pixel.y) * ratio }
}

export const moved = (viewport: Viewport, dx: number, dy: number): Viewport => ({ ...viewport, x: viewport.x + dx, y: viewport.y + dy })

export const placeAt = (viewport: Viewport, pixel: Point): Point => ({ x: (pixel.x - viewport.x) / viewport.scale, y: (pixel.y - viewport.y) / viewport.scale })
export const pixelOf = (viewport: Viewport, place: Point): Point => ({ x: place.x * viewport.scale + viewport.x, y: place.y * viewport.scale + viewport.y })
