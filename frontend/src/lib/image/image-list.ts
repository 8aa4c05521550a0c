/** The list that an image was opened from, kept in the query of the image's page: images of one run, or those on which
 * two runs differ. */

import type { ChangedQuery, SampleQuery } from '../api/client'
import { kindOf } from '../compare/pair/changed-images'
import { count } from '../text/format'

/** One image of the list. `taken` is the class that it is taken for. */
export interface ListedImage {
  index: number
  image: string
  true: string
  taken: string
}

export interface ListPage {
  items: ListedImage[]
  /** Position of the first item in the whole list. */
  offset: number
  total: number
}

const NAMES = ['kind', 'epoch', 'order', 'seed', 'true', 'predicted', 'slice', 'runs'] as const

/** Returns the query of an image's page from that of its list. What a page of images is limited to does not belong to it. */
export function listQuery(query: SampleQuery | ChangedQuery): string {
  const params = new URLSearchParams()
  for (const name of NAMES) {
    const value = (query as Record<string, unknown>)[name]
    if (value !== undefined && value !== null) params.set(name, String(value))
  }
  return params.size ? `?${params}` : ''
}

export const isOrderRandom = (params: URLSearchParams): boolean => params.get('order') === 'random'

export function sampleQuery(params: URLSearchParams): SampleQuery {
  const kind = (['correct', 'all'] as const).find((name) => name === params.get('kind')) ?? 'misclassified'
  const slice = params.get('slice')
  return { kind, epoch: params.get('epoch') ?? 'best', ...order(params), ...classes(params), ...(slice === null ? {} : { slice }) }
}

/** The query of the images on which the runs `runs` differ. */
export function changedQuery(runs: string, params: URLSearchParams): ChangedQuery {
  const epoch = params.get('epoch') === 'last' ? 'last' : 'best'
  return { runs, kind: kindOf(params.get('kind')) ?? 'fixed', epoch, ...order(params), ...classes(params) }
}

const order = (params: URLSearchParams): { order: 'random' | 'confidence'; seed?: number } =>
  isOrderRandom(params) ? { order: 'random', seed: Number(params.get('seed')) || 0 } : { order: 'confidence' }

function classes(params: URLSearchParams): { true?: string; predicted?: string } {
  const [label, predicted] = [params.get('true'), params.get('predicted')]
  return { ...(label === null ? {} : { true: label }), ...(predicted === null ? {} : { predicted }) }
}

const KINDS: Record<string, string> = { correct: 'right images', all: 'images', fixed: 'images that B fixed', broken: 'images that B broke', both_wrong: 'images that both miss', both_right: 'images that both get right' }

/** "955 mistakes". */
export function listTitle(params: URLSearchParams, total: number): string {
  const name = KINDS[params.get('kind') ?? ''] ?? 'mistakes'
  return `${count(total)} ${total === 1 ? name.replace(/s\b/, '') : name}`
}

/** Returns the images before and after `index` in the list; for an image that is not in it, the first one as the next. */
export function beside(page: ListPage, index: number): { position: number | null; previous: ListedImage | null; next: ListedImage | null } {
  const at = page.items.findIndex((item) => item.index === index)
  return { position: at < 0 ? null : page.offset + at + 1, previous: page.items[at - 1] ?? null, next: page.items[at + 1] ?? null }
}
