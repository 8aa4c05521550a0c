/** The combinations of a grid that was repeated with several seeds, by their means. */

import type { Study, Summary } from '../api/study-types'
import { settingPaths } from './study-text'
import { isLowest } from './trials'

/** Returns the combinations of a grid, the best mean first; none where each was trained once, so that the runs themselves say all.
 * A search may draw the same values twice, but with the same seed: that is no repetition. */
export function rankedMeans({ kind, objective, summary }: Pick<Study, 'kind' | 'objective' | 'summary'>): Summary[] {
  if (kind !== 'grid' || !summary.some(({ n }) => n > 1)) return []
  const sign = isLowest(objective) ? 1 : -1
  return [...summary].sort((a, b) => sign * (a.mean - b.mean))
}

/** The comparison that groups the runs by their settings and tests the best two. */
export const meansHref = (study: Pick<Study, 'id' | 'importance' | 'space'>): string =>
  `/compare?${new URLSearchParams({ study: study.id, by: settingPaths(study).join(',') })}`
