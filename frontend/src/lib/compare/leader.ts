/** Says which of several runs leads, and whether the next one may be as good. */

import { runKey } from './run-key'
import { halfWidth, intervalMarks, type IntervalMark } from './tables/results'
import { percent } from '../text/format'
import type { ComparedRun } from '../api/types'

export interface Leader {
  title: string
  text: string
}

/** Intervals that overlap leave it open: these runs are not compared image by image. */
export function leaderSentence(runs: ComparedRun[]): Leader {
  const [first, second] = intervalMarks(runs).toSorted((a, b) => b.value - a.value)
  if (!first || !second) return { title: 'Too few results', text: 'At least two runs need an accuracy. They appear here after the first epochs.' }
  if (new Set(runs.map((run) => run.dataset)).size > 1)
    return { title: 'Different datasets', text: 'The runs were trained on different datasets, so their accuracies say nothing about each other. Curves and settings are compared.' }
  const isEqual = percent(first.value) === percent(second.value)
  const lead = isEqual
    ? `${named(first)} and ${named(second)} are equal at ${percent(first.value)}.`
    : `${named(first)} leads with ${percent(first.value)} ${halfWidth(first)}, ${named(second)} follows with ${percent(second.value)} ${halfWidth(second)}.`
  if (isEqual) return { title: 'No clear winner', text: lead }
  const isOpen = second.high >= first.low
  return {
    title: isOpen ? 'No clear winner' : `${named(first)} is ahead`,
    text: isOpen ? `${lead} Their 95% intervals overlap, so that difference may be chance.` : `${lead} Their 95% intervals do not overlap.`,
  }
}

const named = ({ position }: IntervalMark): string => runKey(position)
