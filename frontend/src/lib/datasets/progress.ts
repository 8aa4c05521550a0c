/** Formats the progress of a task as a share and as text. */

import { bytes, count } from '../text/format'
import type { Progress } from '../api/types'

/** Returns 0 to 1; null while the total is unknown. */
export function progressShare(progress: Progress | null): number | null {
  if (!progress?.total) return null
  return Math.min(1, progress.done / progress.total)
}

/** "Downloading CIFAR-10: 34.1 MB of 170 MB". */
export function progressText(progress: Progress | null): string {
  if (!progress) return 'Waiting for a worker'
  const { text, done, total, unit } = progress
  if (!done) return text
  const size = unit === 'bytes' ? bytes : count
  return total ? `${text}: ${size(done)} of ${size(total)}` : `${text}: ${size(done)}`
}

/** Returns what a progress bar shows: nothing is done before the first report. */
export const barOf = (progress: Progress | null): { share: number | null; text: string } => ({ share: progress ? progressShare(progress) : 0, text: progressText(progress) })
