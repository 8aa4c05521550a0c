/** Scrolls to a section of a page that is still being loaded. */

const INTERVAL_MS = 50
const ATTEMPTS = 60
const FOLLOW_MS = 3000
/** After one of these the reader decides where the page is scrolled to. */
const READER_EVENTS = ['wheel', 'touchstart', 'pointerdown', 'keydown']

/** Looks for the element until it is there, for three seconds at most, or until another page is opened. */
export function scrollToAnchor(id: string, attempts = ATTEMPTS): void {
  const element = document.getElementById(id)
  if (element) follow(element)
  else if (attempts > 0) setTimeout(() => location.hash === `#${id}` && scrollToAnchor(id, attempts - 1), INTERVAL_MS)
}

/** Keeps the element in view while what is above it is loaded and grows. */
function follow(element: Element): void {
  const observer = new ResizeObserver(() => (element.isConnected ? element.scrollIntoView() : stop()))
  const stop = (): void => {
    observer.disconnect()
    for (const event of READER_EVENTS) removeEventListener(event, stop)
  }
  observer.observe(document.body)
  for (const event of READER_EVENTS) addEventListener(event, stop, { passive: true })
  setTimeout(stop, FOLLOW_MS)
}
