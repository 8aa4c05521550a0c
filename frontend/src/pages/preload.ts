/** The code of pages that is loaded before they are shown. */

import { whenIdle } from '../lib/live/idle'
import type { Page as Address } from '../lib/page/router'

/** Returns a function that loads a page. Once it is loaded it is returned at once, not as a promise, and is drawn without waiting. */
function content<Page>(load: () => Promise<Page>): () => Page | Promise<Page> {
  let loaded: Page | undefined
  return () => loaded ?? load().then((page) => (loaded = page))
}

/** The pages that are opened most. Others are loaded when they are shown. Only what is taken out of a module here is loaded of it: a whole one would need
 * another file. */
export const contents = {
  runs: content(() => import('./Runs.svelte').then(({ default: Runs }) => Runs)),
  run: content(() => import('./run/Run.svelte').then(({ default: Run }) => Run)),
}

/** Loads the content of the page that is opened, beside the code of all pages. */
export async function loadContent({ name }: Address): Promise<void> {
  if (name === 'runs' || name === 'run') await contents[name]()
}

/** Loads the page of comparisons and its charts before it is opened, while the browser has nothing else to do. */
export function preloadCompare(): void {
  whenIdle(() => {
    void import('./Compare.svelte')
    void import('../lib/charts/plotly-basic')
  })
}
