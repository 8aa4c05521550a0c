/** How the page names the kinds of findings, and which chart shows them. */

import { count } from '../text/format'
import type { Finding } from '../api/types'
import type { Mark } from '../charts/curve'

type Kind = Finding['kind']
type Metric = 'loss' | 'accuracy'

const TITLES: Record<Kind, string> = {
  apart_from_the_start: 'Other distribution',
  classes_never_predicted: 'Missing classes',
  no_better_than_guessing: 'No better than guessing',
  diverging: 'Diverging',
  learning_rate_too_high: 'Learning rate too high',
  learning_rate_too_low: 'Learning rate too low',
  generalization_gap: 'Generalization gap',
  overfitting: 'Overfitting',
  plateau: 'Plateau',
  rare_class: 'Rare class',
  still_improving: 'Still improving',
  underfitting: 'Underfitting',
  validation_noise: 'Few images',
}
/** Nothing is broken: the run can only be made better, or is known less exactly. */
const ADVICE: Kind[] = ['still_improving', 'validation_noise', 'rare_class', 'plateau', 'generalization_gap']
/** Findings about the best epoch's predictions have no place on a curve. */
const WITHOUT_CURVE: Kind[] = ['classes_never_predicted', 'no_better_than_guessing', 'rare_class', 'validation_noise']
const OF_ACCURACY: Kind[] = ['apart_from_the_start', 'generalization_gap']

export const kindTitle = (kind: Kind): string => TITLES[kind]
export const isAdvice = (kind: Kind): boolean => ADVICE.includes(kind)
export const hasCurve = (kind: Kind): boolean => !WITHOUT_CURVE.includes(kind)
export const metricOf = (kind: Kind): Metric => (OF_ACCURACY.includes(kind) ? 'accuracy' : 'loss')

export function markOf({ kind, since_epoch: epoch }: Finding): Mark | null {
  return hasCurve(kind) ? { epoch, label: `${kindTitle(kind).toLowerCase()} from epoch ${count(epoch)}` } : null
}
