/** Maps paths to pages, and runs and datasets to their paths. */

export type Page =
  | { name: 'runs' }
  | { name: 'new' }
  | { name: 'compare' }
  | { name: 'bets' }
  | { name: 'run'; id: string }
  | RunPage
  | { name: 'datasets' }
  | { name: 'new-dataset' }
  | { name: 'camera' }
  | { name: 'dataset'; dataset: string }
  | { name: 'labels'; dataset: string }
  | { name: 'quiz'; id: string }
  | { name: 'studies' }
  | { name: 'study'; id: string }
  | { name: 'workers' }
  | { name: 'missing' }

/** The pages below a run's own. */
export type RunPage =
  | { name: 'class'; run: string; position: number }
  | { name: 'image'; run: string; split: Split; index: number }
  | { name: 'quizzes'; run: string }
  | { name: 'trust'; run: string }
  | { name: 'questions'; run: string }
  | { name: 'map'; run: string }

type Split = 'validation' | 'test'

const TOP_LEVEL: Record<string, Page> = {
  '': { name: 'runs' },
  runs: { name: 'runs' },
  new: { name: 'new' },
  compare: { name: 'compare' },
  bets: { name: 'bets' },
  datasets: { name: 'datasets' },
  'new-dataset': { name: 'new-dataset' },
  studies: { name: 'studies' },
  workers: { name: 'workers' },
}

/** By the first part of the path after the run's id. Each reads the parts that follow it; null: there is no such page. */
const RUN_PAGES: Record<string, (run: string, rest: string[]) => RunPage | null> = {
  classes: (run, [position = '', ...rest]) => (isPosition(position) && !rest.length ? { name: 'class', run, position: Number(position) } : null),
  questions: (run, rest) => (rest.length ? null : { name: 'questions', run }),
  quiz: (run, rest) => (rest.length ? null : { name: 'quizzes', run }),
  trust: (run, rest) => (rest.length ? null : { name: 'trust', run }),
  map: (run, rest) => (rest.length ? null : { name: 'map', run }),
  images: (run, [split = '', index = '', ...rest]) => (isSplit(split) && isPosition(index) && !rest.length ? { name: 'image', run, split, index: Number(index) } : null),
}

export function pageOf(path: string): Page {
  const [head = '', tail, ...rest] = path.split('/').filter(Boolean)
  if (tail === undefined) return TOP_LEVEL[head] ?? { name: 'missing' }
  const name = decode(tail)
  if (name === null) return { name: 'missing' }
  if (head === 'datasets' && rest.length === 1 && rest[0] === 'labels') return { name: 'labels', dataset: name }
  if (rest.length) return (head === 'runs' && pageOfRun(name, rest)) || { name: 'missing' }
  if (head === 'runs') return { name: 'run', id: name }
  if (head === 'new-dataset' && name === 'camera') return { name: 'camera' }
  if (head === 'studies') return { name: 'study', id: name }
  if (head === 'quiz') return { name: 'quiz', id: name }
  return head === 'datasets' ? { name: 'dataset', dataset: name } : { name: 'missing' }
}

const pageOfRun = (run: string, [kind = '', ...rest]: string[]): RunPage | null => (Object.hasOwn(RUN_PAGES, kind) ? RUN_PAGES[kind]!(run, rest) : null)

const isSplit = (part: string): part is Split => part === 'validation' || part === 'test'
const isPosition = (part: string): boolean => /^\d{1,9}$/.test(part)

function decode(part: string): string | null {
  try {
    return decodeURIComponent(part)
  } catch {
    return null
  }
}

export const runHref = (id: string): string => `/runs/${encodeURIComponent(id)}`
export const classHref = (run: string, position: number): string => `${runHref(run)}/classes/${position}`
/** `list` is the query of the list that the image is opened from. The image's page walks through it. */
export const imageHref = (run: string, split: Split, index: number, list = ''): string => `${runHref(run)}/images/${split}/${index}${list}`
export const studyHref = (id: string): string => `/studies/${encodeURIComponent(id)}`
export const quizHref = (id: string): string => `/quiz/${encodeURIComponent(id)}`
/** The labels of a dataset, judged by some runs. */
export const labelsHref = (dataset: string, runs: string[] = []): string => `${datasetHref(dataset)}/labels${runs.length ? `?runs=${runs.map(encodeURIComponent).join(',')}` : ''}`
export const datasetHref = (name: string): string => `/datasets/${encodeURIComponent(name)}`

/** Returns the query with `changes` applied; null and empty values are removed. Starts with `?`, or is empty. */
export function changedQuery(query: string, changes: Record<string, string | null>): string {
  const params = new URLSearchParams(query)
  for (const [name, value] of Object.entries(changes)) {
    if (value === null || value === '') params.delete(name)
    else params.set(name, value)
  }
  const text = params.toString()
  return text ? `?${text}` : ''
}
