/** The tree of a hierarchical clustering of classes, as SVG paths and as groups. */

import type { Matrix } from '../../api/types'

export type Merge = NonNullable<Matrix['merges']>[number]

/** A cluster: its place on the axis of the classes and its height, 0 to 1, and the places that it spans. */
interface Cluster {
  at: number
  height: number
  start: number
  end: number
}

/** Places of classes that are confused with each other, `end` excluded. */
export interface Group {
  start: number
  end: number
}

/** Returns all clusters: first the classes by position, then the merges. */
function clusters(merges: Merge[], places: number[]): Cluster[] {
  const all: Cluster[] = places.map((place) => ({ at: place + 0.5, height: 0, start: place, end: place + 1 }))
  for (const { left, right, height } of merges) {
    const [a, b] = [all[left]!, all[right]!]
    all.push({ at: (a.at + b.at) / 2, height, start: Math.min(a.start, b.start), end: Math.max(a.end, b.end) })
  }
  return all
}

/** Returns the path of the tree: x is the height, 0 to 1, and y the place of the classes. */
export function treePath(merges: Merge[], places: number[]): string {
  const all = clusters(merges, places)
  return merges
    .map(({ left, right, height }) => {
      const [a, b] = [all[left]!, all[right]!]
      return `M${a.height} ${a.at}H${height}V${b.at}H${b.height}`
    })
    .join('')
}

/** Clusters that are joined at more than this height are hardly ever confused. */
const GROUP_HEIGHT = 0.85

/** Returns the largest clusters of at least two classes that are joined below GROUP_HEIGHT, by place. */
export function groupsOf(merges: Merge[], places: number[]): Group[] {
  const all = clusters(merges, places)
  const joined = new Set(merges.filter(({ height }) => height <= GROUP_HEIGHT).flatMap(({ left, right }) => [left, right]))
  return merges
    .map(({ height }, at) => ({ height, id: places.length + at }))
    .filter(({ height, id }) => height <= GROUP_HEIGHT && !joined.has(id))
    .map(({ id }) => ({ start: all[id]!.start, end: all[id]!.end }))
    .sort((first, second) => first.start - second.start)
}
