/** Whether a part of the page is on the screen, so that nothing is read for a hidden part. */

/** What only shows its upper edge at the bottom of the screen is not looked at. */
const EDGE = '0px 0px -20% 0px'

export class Visibility {
  #isInView = $state(false)
  #isTabShown = $state(!document.hidden)

  get isVisible(): boolean {
    return this.#isInView && this.#isTabShown
  }

  /** Watches an element: `<div {@attach visibility.watch}>`. */
  watch = (element: Element): (() => void) => {
    const observer = new IntersectionObserver((entries) => (this.#isInView = entries.at(-1)!.isIntersecting), { rootMargin: EDGE })
    const showTab = (): void => void (this.#isTabShown = !document.hidden)
    observer.observe(element)
    document.addEventListener('visibilitychange', showTab)
    return () => {
      observer.disconnect()
      document.removeEventListener('visibilitychange', showTab)
    }
  }
}
