/** What the curves say, in a sentence: from which epoch on the network learned its training images by heart. */

import { metric } from './format'
import { column, extreme } from './series'
import type { MetricsTable } from './types'

/** Fewer epochs after the best one may be chance. */
const LEAST_EPOCHS = 3
/** A rise of validation loss below this share is noise. */
const LEAST_RISE = 0.03

export interface Insight {
  head: string
  text: string
}

/** Overfitting: since the lowest validation loss it rose, while training loss went on falling; else null. */
export function overfitting(table: MetricsTable): Insight | null {
  const best = extreme(table, 'val_loss', 'lowest')
  if (!best) return null
  const at = table.epochs.indexOf(best.epoch)
  const validation = column(table, 'val_loss').at(-1)
  const [before, now] = [column(table, 'loss')[at], column(table, 'loss').at(-1)]
  if (validation == null || before == null || now == null) return null
  const epochs = table.epochs.length - 1 - at
  if (epochs < LEAST_EPOCHS || now >= before || validation < best.value * (1 + LEAST_RISE)) return null
  return {
    head: `It overfits after epoch ${best.epoch}:`,
    text:
      `in the ${epochs} epochs since, training loss fell from ${metric('loss', before)} to ${metric('loss', now)} ` +
      `while validation loss rose from ${metric('loss', best.value)} to ${metric('loss', validation)}.`,
  }
}
