/** Sentences and keys of the review of labels. */

import type { LabelDecision, Suspect, Suspects } from '../api/types'
import { plural } from '../text/format'

export type Do = LabelDecision['do']
/** What can be decided about an image; `undecided` takes it back. */
export interface Choice {
  do: Do | 'undecided'
  class: string | null
}

export interface Place {
  split: string
  index: number
}

export const placeKey = ({ split, index }: Place): string => `${split}/${index}`

/** "kept", "→ Dress", "left out". */
export function choiceText(choice: Pick<Choice, 'do' | 'class'>): string {
  if (choice.do === 'relabel') return `→ ${choice.class}`
  return { keep: 'kept', leave_out: 'left out', undecided: 'undecided' }[choice.do]
}

export interface Tally {
  decided: number
  kept: number
  relabelled: number
  leftOut: number
}

export function tally(decisions: Iterable<LabelDecision>): Tally {
  const counts = { keep: 0, relabel: 0, leave_out: 0 }
  for (const decision of decisions) counts[decision.do]++
  return { decided: counts.keep + counts.relabel + counts.leave_out, kept: counts.keep, relabelled: counts.relabel, leftOut: counts.leave_out }
}

/** Says why an image is suspect: who says what, and what its label usually gets. The first part is the strong one. */
export function why(suspect: Suspect, usual: Suspects['usual']): [string, string] {
  const { runs, suggested, label, score, people } = suspect
  const agree = runs.filter((opinion) => opinion.predicted === suggested)
  const surest = Math.max(0, ...agree.map((opinion) => opinion.confidence))
  const known = usual[label]
  const common = known === undefined ? '' : `; images labelled ${label} usually get ${known.toFixed(2)}`
  const byPeople = people ? ` ${people.agree} of ${plural(people.answers, 'person', 'people')} named it ${label} in a quiz.` : ''
  const mean = runs.length > 1 ? 'On average they leave' : 'It leaves'
  const average = runs.length ? runs.reduce((sum, opinion) => sum + opinion.label_probability, 0) / runs.length : score
  const head = runs.length === 1 && agree.length ? `The run says ${suggested}` : `${agree.length} of ${plural(runs.length, 'run')} ${agree.length === 1 ? 'says' : 'say'} ${suggested}`
  const sure = agree.length ? (runs.length === 1 ? `, sure to ${surest.toFixed(2)}` : `, the surest with ${surest.toFixed(2)}`) : ''
  return [head, `${sure}. ${mean} ${average.toFixed(2)} to ${label}${common}.${byPeople}`]
}

/** Digits choose one of the first ten classes. */
export const MAX_DIGITS = 10

export type Command = 'keep' | 'accept' | 'leave_out' | 'next' | 'previous' | 'undo' | { class: string }

const COMMANDS: Record<string, Command> = {
  s: 'keep',
  Enter: 'accept',
  x: 'leave_out',
  ' ': 'next',
  ArrowRight: 'next',
  ArrowLeft: 'previous',
  z: 'undo',
}

/** Returns what a key asks for, or null. */
export function commandOf(key: string, classes: string[]): Command | null {
  const position = /^\d$/.test(key) && classes.length <= MAX_DIGITS ? Number(key) : null
  if (position !== null) return position < classes.length ? { class: classes[position]! } : null
  return COMMANDS[key.length === 1 ? key.toLowerCase() : key] ?? null
}

/** Returns the position of the next suspect without a decision, else the one after `place`. */
export function nextUndecided(keys: string[], place: number, isDecided: (key: string) => boolean): number {
  const later = keys.findIndex((key, position) => position > place && !isDecided(key))
  return later === -1 ? Math.min(place + 1, keys.length - 1) : later
}
