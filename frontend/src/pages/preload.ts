/** The code of pages that is loaded before they are shown. */

import { whenIdle } from '../lib/live/idle'
import type { Page } from '../lib/page/router'

/** Returns a function that loads a page. Once it is loaded it is returned at once, not as a promise, and is drawn without waiting. */
function content<Module>(load: () => Promise<Module>): () => Module | Promise<Module> {
  let loaded: Module | undefined
  return () => loaded ?? load().then((module) => (loaded = module))
}

/** The pages that are opened most. Others are loaded when they are shown. */
export const contents = { runs: content(() => import('./Runs.svelte')), run: content(() => import('./run/Run.svelte')) }

/** Loads the content of the page that is opened, beside the code of all pages. */
export async function loadContent({ name }: Page): Promise<void> {
  if (name === 'runs' || name === 'run') await contents[name]()
}

/** Loads the page of comparisons and its charts before it is opened, while the browser has nothing else to do. */
export function preloadCompare(): void {
  whenIdle(() => {
    void import('./Compare.svelte')
    void import('../lib/charts/plotly').then(({ loadPlotly }) => loadPlotly())
  })
}
