/** Work that waits until the page is drawn, or until the browser has nothing else to do. */

const MAX_WAIT_MS = 500 // some browsers never report that they are idle

/** Safari has no requestIdleCallback. */
export function whenIdle(action: () => void): void {
  if ('requestIdleCallback' in window) requestIdleCallback(action, { timeout: MAX_WAIT_MS })
  else setTimeout(action, MAX_WAIT_MS)
}

/** Lets the browser answer the user, and draw if a frame is due, between two parts of a long work. */
export const nextTask = (): Promise<void> => new Promise((resolve) => setTimeout(resolve))

/** Calls `action` when what is drawn now is on the screen. A hidden tab draws nothing, and does not wait for it. */
export function afterPaint(action: () => void): void {
  if (document.hidden) setTimeout(action)
  else requestAnimationFrame(() => setTimeout(action))
}
