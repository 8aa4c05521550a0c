/** The request for a next run: a clone of a run with one change. */

import type { RunRequest } from '../api/client'
import type { NextRun, Run, Spec } from '../api/types'
import { inPercent, plural } from '../text/format'
import { differences } from '../spec/differences'
import { withValue } from '../spec/spec'

const MAX_NAME = 120

export function withChanges(spec: Spec, changes: NextRun['changes']): Spec {
  return Object.entries(changes).reduce((changed, [path, value]) => withValue(changed, path, value), spec)
}

export function nextRunRequest(run: Pick<Run, 'id' | 'name' | 'spec'>, next: NextRun): RunRequest {
  return {
    spec: withChanges(run.spec, next.changes),
    cloned_from: run.id,
    name: [...`${run.name}: ${next.title}`].slice(0, MAX_NAME).join(''),
  }
}

/** "Dropout before dense layers: now 0". */
export function valuesNow(spec: Spec, next: NextRun): string {
  const changes = differences(spec, withChanges(spec, next.changes))
  return changes.map(({ title, before }) => `${title}: now ${before}`).join('; ')
}

/** "In 3 earlier pairs this brought +0.80 points (−0.10 to +1.90)." */
export function earlierText({ earlier }: Pick<NextRun, 'earlier'>): string {
  if (!earlier) return ''
  const range = earlier.n > 1 ? ` (${points(earlier.low)} to ${points(earlier.high)})` : ''
  return `In ${plural(earlier.n, 'earlier pair')} this brought ${points(earlier.gain)} points${range}.`
}

function points(share: number): string {
  const text = inPercent(Math.abs(share), 2)
  return Number(text) === 0 ? text : `${share > 0 ? '+' : '−'}${text}`
}
