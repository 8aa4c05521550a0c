/** The list of a run's files, in the server's order, as events change it. */

import type { Artifact } from '../../api/types'

const MODELS = ['best.keras', 'final.keras', 'last.keras', 'init.keras']
const TEXTS = ['history.csv', 'train.py']

/** Models come first, then those of each n-th epoch, exports, and texts. */
function place({ name, epoch }: Artifact): number {
  const last = Number.MAX_SAFE_INTEGER - TEXTS.length
  if (MODELS.includes(name)) return MODELS.indexOf(name) - MODELS.length
  if (TEXTS.includes(name)) return last + TEXTS.indexOf(name)
  return name.endsWith('.keras') ? epoch : last - 1
}

/** What a training leaves at its end. An epoch after it, of a run that was resumed, deletes them. */
const END = ['final.keras', 'last.keras']

/** Returns the files with those that an epoch added or changed. */
export function withFiles(files: Artifact[], changed: Artifact[]): Artifact[] {
  const names = new Set([...END, ...changed.map(({ name }) => name)])
  return [...files.filter(({ name }) => !names.has(name)), ...changed].sort((a, b) => place(a) - place(b))
}
