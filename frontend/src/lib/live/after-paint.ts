/** Calls `action` when what is drawn now is on the screen. A hidden tab draws nothing, and does not wait. */
export function afterPaint(action: () => void): void {
  if (document.hidden) setTimeout(action)
  else requestAnimationFrame(() => setTimeout(action))
}
