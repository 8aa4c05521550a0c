/** Detects overfitting in the metrics: since which epoch validation loss rises while training loss falls. */

import { metric } from '../text/format'
import { column, extreme } from '../charts/series'
import type { MetricsTable } from '../api/types'

/** A rise over fewer epochs may be chance. */
const MIN_EPOCHS = 3
/** A smaller relative rise of validation loss is noise. */
const MIN_RISE = 0.03

export interface Overfitting {
  head: string
  text: string
}

/** Returns null unless validation loss rose since its minimum while training loss continued to fall. */
export function overfitting(table: MetricsTable): Overfitting | null {
  const best = extreme(table, 'val_loss', 'lowest')
  if (!best) return null
  const at = table.epochs.indexOf(best.epoch)
  const validation = column(table, 'val_loss').at(-1)
  const [before, now] = [column(table, 'loss')[at], column(table, 'loss').at(-1)]
  if (validation == null || before == null || now == null) return null
  const epochs = table.epochs.length - 1 - at
  if (epochs < MIN_EPOCHS || now >= before || validation < best.value * (1 + MIN_RISE)) return null
  return {
    head: `Overfitting since epoch ${best.epoch}:`,
    text:
      `over the last ${epochs} epochs, training loss fell from ${metric('loss', before)} to ${metric('loss', now)} ` +
      `while validation loss rose from ${metric('loss', best.value)} to ${metric('loss', validation)}.`,
  }
}
