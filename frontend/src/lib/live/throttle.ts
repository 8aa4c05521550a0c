/** Limits how often events redraw the page, so that a slow machine keeps up with a run of ten epochs a second. */

/** A browser may delay the timers of a frozen tab for minutes; that delay is not drawing time. */
const MAX_PAUSE_MS = 500

/**
 * Returns a function that passes each item to `handle`, in order. Items that arrive while the page draws are passed
 * together, so that they are drawn once. After drawing, the page pauses for as long as the drawing took, which leaves
 * half of the time for the user's input.
 */
export function throttle<Item>(handle: (item: Item) => void): (item: Item) => void {
  let pending: Item[] = []
  let isDrawing = false

  function draw(): void {
    isDrawing = pending.length > 0
    if (!isDrawing) return
    const items = pending
    const start = performance.now()
    pending = []
    // The timer runs after the microtasks in which Svelte and Plotly draw.
    setTimeout(() => setTimeout(draw, Math.min(performance.now() - start, MAX_PAUSE_MS)))
    for (const item of items) isolateErrors(() => handle(item))
  }

  return (item) => {
    pending.push(item)
    if (!isDrawing) draw()
  }
}

/** Reports an exception as uncaught, without stopping the items that follow. */
function isolateErrors(action: () => void): void {
  try {
    action()
  } catch (error) {
    setTimeout(() => {
      throw error
    })
  }
}
