/** Says which epoch's mistakes are drawn while a run trains, and how far its best one has moved on since. */

import { count, percent } from '../text/format'
import type { Best, Report } from '../api/types'

export interface FollowedEpoch {
  /** The best epoch has moved on since the drawn one was read. */
  isBehind: boolean
  drawn: string
  /** Empty while the best epoch is drawn. */
  best: string
}

/** Returns "Epoch 1: 76.0% right" and "the best so far is epoch 14: 96.7%". */
export function followedEpoch({ epoch, accuracy }: Pick<Report, 'epoch' | 'accuracy'>, best: Best): FollowedEpoch {
  const isBehind = epoch !== best.epoch
  const reached = best.metrics.val_accuracy
  return {
    isBehind,
    drawn: `Epoch ${count(epoch)}${isBehind ? '' : ', the best so far'}: ${percent(accuracy, 1)} right`,
    best: isBehind ? `the best so far is epoch ${count(best.epoch)}${reached == null ? '' : `: ${percent(reached, 1)}`}` : '',
  }
}
