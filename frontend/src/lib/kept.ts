/** Drafts of this browser tab: they survive a reload, Back and a look at another page. */

import type { Kept } from './draft.svelte'

const PREFIX = 'draft '

export const keyOf = (recipe: string, dataset: string | null): string => `${PREFIX}${recipe} ${dataset ?? ''}`

export function recall(key: string): Kept | null {
  try {
    return JSON.parse(sessionStorage.getItem(key) ?? 'null') as Kept | null
  } catch (error) {
    console.info('A draft could not be read:', error)
    return null
  }
}

/** A browser that keeps nothing, or has no room, costs the draft and not the page. */
export function keep(key: string, draft: Kept): void {
  try {
    sessionStorage.setItem(key, JSON.stringify(draft))
  } catch (error) {
    console.info('A draft could not be kept:', error)
  }
}
