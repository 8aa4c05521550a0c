import { loadPlotly } from '../lib/charts/plotly'

const MAX_WAIT_MS = 500 // some browsers never report that they are idle

/** Loads the page of comparisons and its charts before it is opened, while the browser has nothing else to do. */
export function preloadCompare(): void {
  whenIdle(() => {
    void import('./Compare.svelte')
    void loadPlotly()
  })
}

/** Safari has no requestIdleCallback. */
function whenIdle(action: () => void): void {
  if ('requestIdleCallback' in window) requestIdleCallback(action, { timeout: MAX_WAIT_MS })
  else setTimeout(action, MAX_WAIT_MS)
}
