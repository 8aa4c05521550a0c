/** Parallel coordinates: one axis for each setting and one for the objective, one line for each run, brushes on the axes. */

import type { Study } from '../../api/study-types'
import { fieldTitle } from '../../spec/field-title'
import { capital } from '../../text/format'
import { objectiveScale, settingScale, type Scale, type Tick } from '../scale'
import { settingPaths, settingValues } from '../study-text'
import { hasValue, isLowest, objectiveTitle, ranked, type ScoredTrial, type Trial } from '../trials'

export interface Axis {
  title: string
  scale: Scale
}

export interface Line {
  trial: ScoredTrial
  /** Position on each axis, null where the run has no such setting. */
  places: (number | null)[]
}

/** The chosen part of an axis, from 0 to 1. */
export type Brush = [low: number, high: number]
export type Brushes = Record<number, Brush>

/** More axes than this can't be read beside each other; the most important settings come first. */
const MAX_SETTINGS = 9

export function parallelAxes(study: Study, trials: Trial[]): Axis[] {
  const settings = settingPaths(study).slice(0, MAX_SETTINGS)
  const values = trials.filter(hasValue).map((trial) => trial.value)
  return [
    ...settings.map((path) => ({ title: fieldTitle(path), scale: settingScale(settingValues(study, trials, path)) })),
    { title: capital(objectiveTitle(study.objective)), scale: objectiveScale(study.objective, values, 5) },
  ]
}

export function parallelLines(study: Study, trials: Trial[], axes: Axis[]): Line[] {
  const settings = settingPaths(study).slice(0, MAX_SETTINGS)
  return trials.filter(hasValue).map((trial) => ({
    trial,
    places: axes.map(({ scale }, at) => scale.at(at < settings.length ? trial.values[settings[at]!] : trial.value)),
  }))
}

/** As many runs as can be compared. */
const MOST_CHOSEN = 50

/** Returns the brush on the objective that chooses the best quarter of the finished runs; none for fewer than eight. */
export function bestQuarter(study: Study, trials: Trial[], axes: Axis[]): Brushes {
  const best = ranked(trials, study.objective)
  const last = best[Math.min(Math.ceil(best.length / 4), MOST_CHOSEN) - 1]
  const objective = axes.length - 1
  const place = last ? axes[objective]!.scale.at(last.value) : null
  if (best.length < 8 || place === null) return {}
  return { [objective]: isLowest(study.objective) ? [0, place + ROUNDING] : [place - ROUNDING, 1] }
}

/** A run on the edge of a brush is inside. */
const ROUNDING = 1e-9

export function isInside({ places }: Line, brushes: Brushes): boolean {
  return Object.entries(brushes).every(([axis, [low, high]]) => {
    const place = places[Number(axis)]
    return place != null && place >= low && place <= high
  })
}

/** Returns the brush after a key: arrows move it, with Shift they move its upper end; null clears it. */
export function movedBrush(brush: Brush | undefined, key: string, isShifted: boolean): Brush | null | undefined {
  if (['Escape', 'Delete', 'Backspace'].includes(key)) return null
  const step = ({ ArrowUp: 0.05, ArrowRight: 0.05, ArrowDown: -0.05, ArrowLeft: -0.05 } as Record<string, number>)[key]
  if (step === undefined) return undefined
  if (!brush) return [0.75, 1]
  const [low, high] = brush
  if (isShifted) return [low, Math.min(1, Math.max(low + 0.05, high + step))]
  const shift = Math.min(1 - high, Math.max(-low, step))
  return [low + shift, high + shift]
}

/** "from 0.001 to 0.01", "from 95%" up to the end of the axis, or "all". */
export function brushText({ scale }: Axis, brush: Brush | undefined): string {
  const [isOpenBelow, isOpenAbove] = [!brush || brush[0] <= 0, !brush || brush[1] >= 1]
  if (!brush || (isOpenBelow && isOpenAbove)) return 'all'
  if (isOpenAbove) return `from ${scale.textAt(brush[0])}`
  return isOpenBelow ? `up to ${scale.textAt(brush[1])}` : `from ${scale.textAt(brush[0])} to ${scale.textAt(brush[1])}`
}

/** Returns the path of a line through `point(axis, place)`, curved along the direction of the axes' order. It has a gap
 * where the run has no such setting. */
export function linePath(places: (number | null)[], point: (axis: number, place: number) => [number, number], isWide: boolean): string {
  let before: [number, number] | null = null
  return places
    .map((place, axis) => {
      const here = place === null ? null : point(axis, place)
      const part = here === null ? '' : before === null ? `M${rounded(here)}` : curve(before, here, isWide)
      before = here
      return part
    })
    .join('')
}

function curve(from: [number, number], to: [number, number], isWide: boolean): string {
  const middle = isWide ? (from[0] + to[0]) / 2 : (from[1] + to[1]) / 2
  const controls: [number, number][] = isWide ? [[middle, from[1]], [middle, to[1]]] : [[from[0], middle], [to[0], middle]]
  return `C${[...controls, to].map(rounded).join(' ')}`
}

const rounded = ([x, y]: [number, number]): string => `${x.toFixed(1)} ${y.toFixed(1)}`

/** Returns the ticks that are at least `space` of the axis apart. */
export function spacedTicks(ticks: Tick[], space: number): Tick[] {
  return ticks.reduce<Tick[]>((kept, tick) => (kept.length === 0 || tick.at - kept.at(-1)!.at >= space ? [...kept, tick] : kept), [])
}
