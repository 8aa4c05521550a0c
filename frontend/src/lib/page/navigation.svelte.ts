/** The current address as state, and navigation without a reload. */

import { scrollToAnchor } from './anchor'
import { changedQuery, pageOf, type Page } from './router'

class Navigation {
  path = $state(location.pathname)
  query = $state(location.search)
  page: Page = $derived(pageOf(this.path))
  params = $derived(new URLSearchParams(this.query))

  constructor() {
    addEventListener('popstate', () => this.#read())
    document.addEventListener('click', (event) => this.#follow(event))
    if (location.hash) scrollToAnchor(location.hash.slice(1))
  }

  go(href: string): void {
    history.pushState(null, '', href)
    this.#read()
    scrollTo(0, 0)
    if (location.hash) scrollToAnchor(location.hash.slice(1))
  }

  /** Opens another page of the same kind in place of this one: Back leaves them all. */
  replace(href: string): void {
    history.replaceState(null, '', href)
    this.#read()
  }

  /** Stores a choice in the query without a new history entry: Back leaves the page and does not undo the choice. */
  choose(changes: Record<string, string | null>): void {
    history.replaceState(null, '', this.path + changedQuery(this.query, changes) + location.hash)
    this.#read()
  }

  /** Replaces the whole query, but for the parameters named in `kept`. */
  replaceQuery(query: string, kept: string[]): void {
    const params = new URLSearchParams(query)
    for (const name of kept) if (this.params.has(name)) params.set(name, this.params.get(name)!)
    history.replaceState(null, '', this.path + (params.size ? `?${params}` : '') + location.hash)
    this.#read()
  }

  #read(): void {
    this.path = location.pathname
    this.query = location.search
  }

  /** Handles links to pages; new tabs, downloads, anchors and API addresses are left to the browser. */
  #follow(event: MouseEvent): void {
    const link = (event.target as Element).closest?.('a')
    const plain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey
    if (!link || !plain || event.defaultPrevented || link.target || link.hasAttribute('download')) return
    const href = link.getAttribute('href') ?? ''
    if (!href.startsWith('/') || href.startsWith('/api/')) return
    event.preventDefault()
    this.go(href)
  }
}

export const navigation = new Navigation()
