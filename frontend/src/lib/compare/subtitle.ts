/** One line about what is compared: the dataset, the images, the seeds, and how two runs are related. */

import { count, plural } from '../text/format'
import { datasetTitle } from '../spec/spec'
import type { Comparison } from '../api/types'

export function subtitle({ runs, pair, common, differences }: Comparison): string {
  const datasets = [...new Set(runs.map((run) => run.dataset))]
  const seed = common.seed
  const others = differences.filter(({ path }) => path !== 'seed')
  return [
    datasets.length === 1 ? datasetTitle(datasets[0]!) : `${datasets.length} datasets`,
    pair ? `the same ${count(pair.n)} ${pair.split} images` : '',
    seed === undefined ? (others.length ? `seeds and ${plural(others.length, 'other setting')} differ` : 'the same settings, different seeds') : `seed ${seed} in ${runs.length === 2 ? 'both' : 'all'}`,
    clone(runs),
  ]
    .filter(Boolean)
    .join(' · ')
}

function clone(runs: Comparison['runs']): string {
  const [first, second] = runs
  if (runs.length !== 2) return ''
  if (second!.cloned_from === first!.id) return 'B was copied from A'
  return first!.cloned_from === second!.id ? 'A was copied from B' : ''
}
