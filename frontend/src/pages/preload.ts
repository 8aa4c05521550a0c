import type { Page } from '../lib/page/router'

const MAX_WAIT_MS = 500 // some browsers never report that they are idle

/** Loads the content of the pages that are opened most, beside the code of all pages; others are loaded when they are shown. */
export async function loadContent({ name }: Page): Promise<void> {
  if (name === 'runs') await import('./Runs.svelte')
  if (name === 'run') await import('./run/Run.svelte')
}

/** Loads the page of comparisons and its charts before it is opened, while the browser has nothing else to do. */
export function preloadCompare(): void {
  whenIdle(() => {
    void import('./Compare.svelte')
    void import('../lib/charts/plotly').then(({ loadPlotly }) => loadPlotly())
  })
}

/** Safari has no requestIdleCallback. */
function whenIdle(action: () => void): void {
  if ('requestIdleCallback' in window) requestIdleCallback(action, { timeout: MAX_WAIT_MS })
  else setTimeout(action, MAX_WAIT_MS)
}
