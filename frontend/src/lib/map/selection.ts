/** What the page says of the chosen images of a map. */

import type { ImageMap } from '../api/evaluations'
import { count, plural } from '../text/format'

const NAMED_CLASSES = 3

export const isRight = (map: ImageMap, point: number): boolean => map.true[point] === map.predicted[point]

/** "132 images, 98 right" */
export function selectionText(map: ImageMap, points: number[]): string {
  return `${plural(points.length, 'image')}, ${count(points.filter((point) => isRight(map, point)).length)} right`
}

/** "Shirt (61), Pullover (40), Coat (12) and 3 other classes" */
export function classesText(map: ImageMap, points: number[]): string {
  const counts = new Map<string, number>()
  for (const point of points) counts.set(map.true[point]!, (counts.get(map.true[point]!) ?? 0) + 1)
  const classes = [...counts].sort(([, a], [, b]) => b - a)
  const named = classes.slice(0, NAMED_CLASSES).map(([name, images]) => `${name} (${count(images)})`).join(', ')
  const others = classes.length - NAMED_CLASSES
  return others > 0 ? `${named} and ${plural(others, 'other class', 'other classes')}` : named
}

/** Returns the points with mistakes first, the most confident ones at the top of both parts. */
export function mistakesFirst(map: ImageMap, points: number[]): number[] {
  const confidence = (point: number): number => map.confidence[point] ?? 0
  return [...points].sort((a, b) => Number(isRight(map, a)) - Number(isRight(map, b)) || confidence(b) - confidence(a) || a - b)
}
