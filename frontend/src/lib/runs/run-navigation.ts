/** The line of links under a run's head: sections of its page, and its deeper pages. */

import type { LiveRun } from '../api/types'
import { reportHref } from '../api/documents'
import { hasNoEpochs } from '../live/run-state'

export interface NavigationEntry {
  text: string
  /** Returns the address; `home` is that of the run's page. */
  href: (home: string, run: LiveRun) => string
  /** True where the section or page shows predictions or files, which a run without an epoch has not. */
  needsEpoch: boolean
}

const section = (text: string, id: string, needsEpoch = true): NavigationEntry => ({ text, href: (home) => `${home}#${id}`, needsEpoch })

/** The labels of the run's dataset, judged by this run. */
export const labelsAddress = ({ id, dataset }: LiveRun): string => `/datasets/${encodeURIComponent(dataset)}/labels?runs=${encodeURIComponent(id)}`

/** In this order. A page below the run's has the address `${home}/map`; the router has a table of them. */
const ENTRIES: NavigationEntry[] = [
  { text: 'Questions', href: (home) => `${home}/questions`, needsEpoch: false },
  section('Curves', 'curves'),
  section('Diagnosis', 'diagnosis'),
  section('Mistakes', 'mistakes'),
  { text: 'Trust', href: (home) => `${home}/trust`, needsEpoch: true },
  { text: 'Map', href: (home) => `${home}/map`, needsEpoch: true },
  { text: 'Labels', href: (_home, run) => labelsAddress(run), needsEpoch: true },
  { text: 'Quiz', href: (home) => `${home}/quiz`, needsEpoch: true },
  { text: 'Report', href: (_home, run) => reportHref(run.id), needsEpoch: true },
  section('Model', 'model', false),
  section('Log', 'log', false),
  section('Files', 'files'),
]

/** Returns the entries of a run. */
export function runEntries(run: LiveRun, home: string): { text: string; href: string }[] {
  return ENTRIES.filter((entry) => !entry.needsEpoch || !hasNoEpochs(run)).map(({ text, href }) => ({ text, href: href(home, run) }))
}
