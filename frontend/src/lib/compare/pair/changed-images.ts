/** Images on which two runs agree or differ, and the query that reads them. */

import { isCorrectCell, type Selection } from '../../evaluation/sample-selection'
import type { ChangedQuery, CompareQuery } from '../../api/client'
import type { Pair } from '../../api/types'

export type Kind = 'fixed' | 'broken' | 'both_wrong' | 'both_right'

export interface KindTitle {
  kind: Kind
  title: string
  images: number
}

/** A chosen cell of the diagonal has no images that both miss, and of the others those that both get right are not shown. */
const shownKinds = (chosen: Selection): Kind[] => ['fixed', 'broken', isCorrectCell(chosen) ? 'both_right' : 'both_wrong']

export function kindsOf(pair: Pair, chosen: Selection): KindTitle[] {
  const kinds: KindTitle[] = [
    { kind: 'fixed', title: 'B fixed', images: pair.only_second },
    { kind: 'broken', title: 'B broke', images: pair.only_first },
    { kind: 'both_wrong', title: 'Both miss', images: pair.both_wrong },
    { kind: 'both_right', title: 'Both right', images: pair.both_right },
  ]
  return kinds.filter(({ kind }) => shownKinds(chosen).includes(kind))
}

export const kindOf = (name: string | null): Kind | null =>
  (['fixed', 'broken', 'both_wrong', 'both_right'] as const).find((kind) => kind === name) ?? null

export const STRIP_IMAGES = 12

const classesOf = (chosen: Selection): { true?: string; predicted?: string } => ({
  ...(chosen.true === null ? {} : { true: chosen.true }),
  ...(chosen.predicted === null ? {} : { predicted: chosen.predicted }),
})

/** What a comparison has of the images beside its difference matrix. */
export const samplesQuery = (chosen: Selection): Omit<CompareQuery, 'runs'> => ({ samples: shownKinds(chosen), limit: STRIP_IMAGES, ...classesOf(chosen) })

export function changedQuery(runs: string[], kind: Kind, pair: Pair, epoch: 'best' | 'last', chosen: Selection): ChangedQuery {
  return {
    runs: runs.join(','),
    kind,
    split: pair.split,
    epoch,
    order: 'confidence',
    limit: STRIP_IMAGES,
    inline: true,
    ...classesOf(chosen),
  }
}
