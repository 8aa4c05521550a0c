/** The difference between training and validation accuracy, and whether it widens.
 *
 * Training accuracy is that in test mode: the mean over an epoch, with dropout and augmentation, is lower, and with batch
 * normalization it may be far higher. Runs of older versions have only the mean. */

import { column, extreme } from '../charts/series'
import type { MetricsTable } from '../api/types'

/** `points`: training minus validation accuracy after the last epoch, in percentage points.
 * `since`: the epoch since which the gap has grown in every epoch, at least three times and never below zero; else null. */
export interface Gap {
  points: number
  since: number | null
  /** It widens, and the lowest validation loss is at least three epochs ago: while that falls, no harm is done. */
  isHarmful: boolean
}

const MIN_INCREASES = 3
const MIN_EPOCHS_WITHOUT_GAIN = 3

/** What a gap in test mode is made of. */
export const TEST_MODE = 'training accuracy without dropout and augmentation'

export function generalizationGap(table: MetricsTable): Gap | null {
  const gaps = differences(table)
  const last = gaps.at(-1)
  if (last == null) return null
  let start = gaps.length - 1
  while (start > 0 && grew(gaps[start - 1], gaps[start]) && gaps[start - 1]! >= 0) start -= 1
  const steps = gaps.length - 1 - start
  const since = steps >= MIN_INCREASES ? table.epochs[start]! : null
  return { points: last * 100, since, isHarmful: since !== null && epochsSinceLowestLoss(table) >= MIN_EPOCHS_WITHOUT_GAIN }
}

export const isInTestMode = (table: MetricsTable): boolean => 'train_eval_accuracy' in table.series

/** Without a validation loss nothing says that the gap is harmless, so each epoch counts. */
function epochsSinceLowestLoss(table: MetricsTable): number {
  const lowest = extreme(table, 'val_loss', 'lowest')
  return lowest === null ? table.epochs.length : table.epochs.at(-1)! - lowest.epoch
}

function differences(table: MetricsTable): (number | null)[] {
  const validation = column(table, 'val_accuracy')
  return column(table, isInTestMode(table) ? 'train_eval_accuracy' : 'accuracy').map((value, at) => {
    const other = validation[at]
    return value == null || other == null ? null : value - other
  })
}

function grew(before: number | null | undefined, after: number | null | undefined): boolean {
  return before != null && after != null && after > before
}
