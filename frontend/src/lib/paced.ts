/** Events as fast as this machine can show them: a run of ten epochs a second draws more than a slow one can. */

/**
 * Hands on each item in its order; those that come while the page draws are handed on together, so that they are drawn
 * once. After a drawing the page rests as long as it took, and answers its user: what is shown is at most that old.
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
    // A timer comes after the microtasks, in which Svelte and Plotly draw. It is set first: an item may raise.
    setTimeout(() => setTimeout(draw, performance.now() - began))
    items.forEach(handOn)
  }

  return (item) => {
    waiting.push(item)
    if (!isDrawing) draw()
  }
}
