/** How far something is, in words. */

import { bytes, count } from './format'
import type { Progress } from './types'

/** From 0 to 1; null while nobody knows how much there is. */
export function progressShare(progress: Progress | null): number | null {
  if (!progress?.total) return null
  return Math.min(1, progress.done / progress.total)
}

/** "Fetching CIFAR-10: 34.1 MB of 170 MB". */
export function progressWords(progress: Progress | null): string {
  if (!progress) return 'Waits for a worker to begin'
  const { text, done, total, unit } = progress
  if (!done) return text
  const size = unit === 'bytes' ? bytes : count
  return total ? `${text}: ${size(done)} of ${size(total)}` : `${text}: ${size(done)}`
}
