/** What the points of a map are colored by. A coloring has groups, which are drawn one after the other and are the entries of the legend. */

import type { ImageMap } from '../api/evaluations'
import type { Palette } from '../charts/palette.svelte'
import { inNaturalOrder } from '../text/class-order'

export type ColorBy = 'class' | 'right' | 'confidence'

export interface Group {
  name: string
  color: string
  points: number[]
}

/** The first hue is that of the right, the second that of the wrong, as everywhere. */
type Colors = Pick<Palette, 'hues' | 'panel'>

export const COLORINGS: { value: ColorBy; text: string }[] = [
  { value: 'class', text: 'Class' },
  { value: 'right', text: 'Right or wrong' },
  { value: 'confidence', text: 'Confidence' },
]

const BANDS = [0, 0.5, 0.7, 0.9, 0.99, 1]

export function groupsOf(map: ImageMap, by: ColorBy, colors: Colors): Group[] {
  if (by === 'class') return classGroups(map, colors)
  return by === 'right' ? rightGroups(map, colors) : confidenceGroups(map, colors)
}

/** Only classes of which an image is on the map. */
function classGroups(map: ImageMap, colors: Colors): Group[] {
  const points = new Map<string, number[]>(inNaturalOrder(map.classes).map((name) => [name, []]))
  map.true.forEach((name, point) => points.get(name)?.push(point))
  const groups = [...points].filter(([, members]) => members.length)
  const hues = classColors(groups.length, colors)
  return groups.map(([name, members], place) => ({ name, color: hues[place]!, points: members }))
}

/** Mistakes come last, so that they lie on top. */
function rightGroups(map: ImageMap, colors: Colors): Group[] {
  const all = [...map.index.keys()]
  const isRight = (point: number): boolean => map.true[point] === map.predicted[point]
  return [
    { name: 'Right', color: colors.hues[0]!, points: all.filter(isRight) },
    { name: 'Wrong', color: colors.hues[1]!, points: all.filter((point) => !isRight(point)) },
  ]
}

/** The least confident come last, so that they lie on top. */
function confidenceGroups(map: ImageMap, colors: Colors): Group[] {
  const bands = BANDS.slice(1).map((high, place) => {
    const low = BANDS[place]!
    const isLast = place === BANDS.length - 2
    const points = [...map.index.keys()].filter((point) => isWithin(map.confidence[point] ?? 0, low, high, isLast))
    return { name: isLast ? `${low * 100}% and more` : `${low * 100} to ${high * 100}%`, color: mixed(colors, place / (BANDS.length - 2)), points }
  })
  return bands.reverse()
}

const isWithin = (value: number, low: number, high: number, isLast: boolean): boolean => value >= low && (value < high || isLast)

const mixed = (colors: Colors, share: number): string => `color-mix(in oklab, ${colors.hues[0]} ${Math.round(share * 100)}%, ${colors.hues[1]})`

/** The palette's hues for a few classes; for more, hues all around, with two lightnesses in turn. */
export function classColors(classes: number, colors: Colors): string[] {
  if (classes <= colors.hues.length) return colors.hues.slice(0, classes)
  const lightness = isDark(colors.panel) ? [0.78, 0.66] : [0.62, 0.5]
  return Array.from({ length: classes }, (_, place) => `oklch(${lightness[place % 2]} 0.15 ${Math.round((360 * place) / classes)})`)
}

const isDark = (color: string): boolean => Number.parseInt(color.slice(1, 3), 16) < 128
