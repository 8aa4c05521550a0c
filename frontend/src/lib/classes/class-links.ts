/** Queries of the run's page that show images of a class: what is chosen in its matrix. */

import type { RunClass } from '../api/types'

/** Returns the query that chooses a cell, a row or a column of the matrix, and leads to the section of mistakes. */
export function imagesQuery({ epoch, split }: Pick<RunClass, 'epoch' | 'split'>, chosen: { true?: string; predicted?: string }): string {
  const params = new URLSearchParams(split === 'test' ? { split } : { epoch: String(epoch) })
  for (const [name, value] of Object.entries(chosen)) params.set(name, value)
  return `?${params}#mistakes`
}
