/** The combinations of settings of a search that was repeated with several seeds, by their means. */

import type { Study, Summary } from '../api/study-types'
import { settingPaths } from './study-text'
import { isLowest } from './trials'

/** Returns the combinations, the best mean first; none where each was trained once, so that the runs themselves say all. */
export function rankedMeans({ objective, summary }: Pick<Study, 'objective' | 'summary'>): Summary[] {
  if (!summary.some(({ n }) => n > 1)) return []
  const sign = isLowest(objective) ? 1 : -1
  return [...summary].sort((a, b) => sign * (a.mean - b.mean))
}

/** The comparison that groups the runs by their settings and tests the best two. */
export const meansHref = (study: Pick<Study, 'id' | 'importance' | 'space'>): string =>
  `/compare?${new URLSearchParams({ study: study.id, by: settingPaths(study).join(',') })}`
