/** The curves of a class: precision, recall and F1 by epoch, as SVG paths. */

import type { RunClass } from '../api/types'

/** Pixels. The width is that of the page. */
export const HEIGHT = 220
export const LEFT = 40
export const RIGHT = 80
export const TOP = 12
export const BOTTOM = 28

export type ScoreName = 'precision' | 'recall' | 'f1'
export const SCORES: { name: ScoreName; title: string }[] = [
  { name: 'recall', title: 'recall' },
  { name: 'precision', title: 'precision' },
  { name: 'f1', title: 'F1' },
]

export interface Line {
  name: ScoreName
  title: string
  path: string
  /** Where the line ends, and where its label stands, apart from the others. */
  end: { x: number; y: number; label: number } | null
}

type Curve = RunClass['curve']

/** Maps epochs and scores to the drawing; the score axis begins at the tenth below the lowest score. */
export class Frame {
  readonly low: number
  readonly width: number
  readonly #first: number
  readonly #last: number

  constructor({ epochs, precision, recall, f1 }: Curve, width: number) {
    this.width = width
    const values = [...precision, ...recall, ...f1].filter((value) => value !== null)
    this.low = values.length ? Math.min(0.9, Math.floor(Math.min(...values) * 10) / 10) : 0
    this.#first = epochs[0] ?? 1
    this.#last = epochs.at(-1) ?? 1
  }

  x(epoch: number): number {
    const share = this.#last > this.#first ? (epoch - this.#first) / (this.#last - this.#first) : 0.5
    return LEFT + share * (this.width - LEFT - RIGHT)
  }

  y(score: number): number {
    return TOP + ((1 - score) / (1 - this.low)) * (HEIGHT - TOP - BOTTOM)
  }

  /** The scores of at most five grid lines. */
  get ticks(): number[] {
    const step = 1 - this.low > 0.5 ? 0.2 : 0.1
    const steps = Math.round((1 - this.low) / step)
    return Array.from({ length: steps + 1 }, (_, at) => Number((1 - at * step).toFixed(2)))
  }
}

const LABEL_GAP = 15

/** Returns the lines; a null makes a gap, and a single epoch is a point. */
export function linesOf(curve: Curve, frame: Frame): Line[] {
  const lines = SCORES.map(({ name, title }) => ({ name, title, path: pathOf(curve.epochs, curve[name], frame), end: endOf(curve.epochs, curve[name], frame) }))
  let lowest = -Infinity
  for (const { end } of [...lines].sort((a, b) => (a.end?.y ?? 0) - (b.end?.y ?? 0))) {
    if (!end) continue
    end.label = Math.max(end.y, lowest + LABEL_GAP)
    lowest = end.label
  }
  return lines
}

function pathOf(epochs: number[], scores: (number | null)[], frame: Frame): string {
  return scores
    .map((score, at) => (score === null ? '' : `${scores[at - 1] == null ? 'M' : 'L'}${frame.x(epochs[at]!).toFixed(1)} ${frame.y(score).toFixed(1)}`))
    .join('')
}

function endOf(epochs: number[], scores: (number | null)[], frame: Frame): Line['end'] {
  const at = scores.findLastIndex((score) => score !== null)
  if (at < 0) return null
  const y = frame.y(scores[at]!)
  return { x: frame.x(epochs[at]!), y, label: y }
}
