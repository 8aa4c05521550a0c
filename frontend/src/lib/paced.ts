/** Events as fast as this machine can show them: a run of ten epochs a second draws more than a slow one can. */

/** A browser may keep a timer waiting for a minute, or for as long as a tab is frozen: that is no drawing. */
const LONGEST_REST_MS = 500

/**
 * Hands on each item in its order; those that come while the page draws are handed on together, so that they are drawn
 * once. After a drawing the page rests as long as it took, and answers its user: what is shown is about that old.
 */
export function paced<Item>(handOn: (item: Item) => void): (item: Item) => void {
  let waiting: Item[] = []
  let isDrawing = false

  function draw(): void {
    isDrawing = waiting.length > 0
    if (!isDrawing) return
    const items = waiting
    const began = performance.now()
    waiting = []
    // A timer comes after the microtasks, in which Svelte and Plotly draw.
    setTimeout(() => setTimeout(draw, Math.min(performance.now() - began, LONGEST_REST_MS)))
    for (const item of items) alone(() => handOn(item))
  }

  return (item) => {
    waiting.push(item)
    if (!isDrawing) draw()
  }
}

/** What it raises is told as ever, and is no other item's concern. */
function alone(act: () => void): void {
  try {
    act()
  } catch (error) {
    setTimeout(() => {
      throw error
    })
  }
}
