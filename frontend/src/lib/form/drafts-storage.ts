/** Stores drafts of new runs in this browser tab, so that they survive a reload, Back and other pages. */

import type { StoredDraft } from './draft.svelte'

const PREFIX = 'draft '

export const draftKey = (recipe: string, dataset: string | null): string => `${PREFIX}${recipe} ${dataset ?? ''}`

export function loadDraft(key: string): StoredDraft | null {
  try {
    return JSON.parse(sessionStorage.getItem(key) ?? 'null') as StoredDraft | null
  } catch (error) {
    console.info('A draft could not be read:', error)
    return null
  }
}

/** Stores a draft, or none in place of the one before. Loses it, not the page, when the browser's storage is full or forbidden. */
export function saveDraft(key: string, draft: StoredDraft | null): void {
  try {
    if (draft === null) sessionStorage.removeItem(key)
    else sessionStorage.setItem(key, JSON.stringify(draft))
  } catch (error) {
    console.info('A draft could not be stored:', error)
  }
}
