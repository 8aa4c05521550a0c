/** Scrolls to a section of a page that is still being loaded. */

const INTERVAL_MS = 50
const ATTEMPTS = 60

/** Looks for the element until it is there, for three seconds at most, or until another page is opened. */
export function scrollToAnchor(id: string, attempts = ATTEMPTS): void {
  const element = document.getElementById(id)
  if (element) element.scrollIntoView()
  else if (attempts > 0) setTimeout(() => location.hash === `#${id}` && scrollToAnchor(id, attempts - 1), INTERVAL_MS)
}
