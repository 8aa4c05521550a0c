/** How many runs a study makes: the combinations of values or the parts that it tries, times its seeds. */

import { NO_STUDY, type StudyDraft } from './study-draft.svelte'
import { plural } from '../../text/format'

/** The number of runs as text, and a press that changes it: other seeds, and what the button says. */
export interface RunCount {
  text: string
  press: { seeds: string; title: string } | null
}

/** Returns "2 combinations × 3 seeds = 6 runs"; null for one run, for a search, whose runs are typed, and where something is missing. */
export function runCount(study: StudyDraft): RunCount | null {
  const { choice } = study
  if (!choice?.options.includes('seeds') || Object.keys(study.formErrors).length > 0) return null
  const request = study.request()
  const seeds = (request.seeds as number[] | undefined) ?? [0]
  const words = plural(seeds.length, 'seed')
  if (choice.kind === 'repeat') return { text: `${words} = ${plural(seeds.length, 'run')}`, press: null }
  const points = choice.kind === 'grid' ? combinations(study) : (request.fractions as number[]).length
  const text = `${plural(points, choice.kind === 'grid' ? 'combination' : 'part')} × ${words} = ${plural(points * seeds.length, 'run')}`
  return { text, press: seeds.length > 1 ? { seeds: String(seeds[0]), title: 'Use one seed' } : { seeds: NO_STUDY.seeds, title: 'Use three seeds' } }
}

const combinations = ({ space }: StudyDraft): number => Object.values(space).reduce((product, values) => product * (Array.isArray(values) ? values.length : 1), 1)
