/** A decision as one of its runs sees it. */

import type { Decision } from '../api/types'

/** The beginning of a sentence that names the other runs. */
export function keptText({ kept }: Pick<Decision, 'kept'>, run: string): string {
  if (kept === null) return 'Undecided between this run and'
  return kept === run ? 'Kept, rather than' : 'Not kept, compared with'
}
