/** Who leafs through images asks nothing about those that are passed. */
const REST_MS = 120

/** Calls `ask` after a rest, with a signal for its requests. The returned function cancels both. */
export function afterRest(ask: (signal: AbortSignal) => void): () => void {
  const controller = new AbortController()
  const timer = setTimeout(() => ask(controller.signal), REST_MS)
  return () => {
    clearTimeout(timer)
    controller.abort()
  }
}
