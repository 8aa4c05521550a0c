/** The places of images on a map as typed arrays, and which of them lie inside a lasso or close to the pointer. */

import type { ImageMap } from '../api/evaluations'

export interface Places {
  /** From -1 to 1; y grows downwards, as on the screen. */
  x: Float32Array
  y: Float32Array
  length: number
}

export interface Point {
  x: number
  y: number
}

export const placesOf = (map: ImageMap): Places => ({ x: Float32Array.from(map.x), y: Float32Array.from(map.y), length: map.x.length })

/** Returns the points whose place lies inside the polygon, by the even-odd rule. */
function inside(places: Places, polygon: Point[]): number[] {
  const chosen: number[] = []
  for (let point = 0; point < places.length; point += 1) {
    if (contains(polygon, places.x[point]!, places.y[point]!)) chosen.push(point)
  }
  return chosen
}

/** Returns the points inside a lasso that are shown; null around none, as without a lasso. */
export function lassoed(places: Places, lasso: Point[], isShown: (point: number) => boolean): number[] | null {
  const points = inside(places, lasso).filter(isShown)
  return points.length ? points : null
}

function contains(polygon: Point[], x: number, y: number): boolean {
  let isInside = false
  for (let next = 0, last = polygon.length - 1; next < polygon.length; last = next, next += 1) {
    const [a, b] = [polygon[next]!, polygon[last]!]
    if (a.y > y !== b.y > y && x < ((b.x - a.x) * (y - a.y)) / (b.y - a.y) + a.x) isInside = !isInside
  }
  return isInside
}

/** Returns the shown point that is closest to a place, at most `reach` away; null if there is none. */
export function nearest(places: Places, at: Point, reach: number, isShown: (point: number) => boolean): number | null {
  let [best, bestDistance] = [-1, reach * reach]
  for (let point = 0; point < places.length; point += 1) {
    const distance = (places.x[point]! - at.x) ** 2 + (places.y[point]! - at.y) ** 2
    if (distance <= bestDistance && isShown(point)) [best, bestDistance] = [point, distance]
  }
  return best < 0 ? null : best
}
