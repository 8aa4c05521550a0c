/** The items of one query, read in pages as one scrolls, in the server's order. */

import type { Page } from '../../api/runs-table'
import { FIRST_PAGE } from '../view/default-view'

/** The server's limit of one page. */
const PAGE_SIZE = 200
/** Items that a refresh reads again in any case, in three requests. */
const MAX_READ_AGAIN = 460

export class Pages<Item> {
  items = $state.raw<Item[]>([])
  /** Null until the first page is here. */
  total = $state<number | null>(null)
  readonly params: URLSearchParams
  readonly #find: (params: URLSearchParams) => Promise<Page<Item>>
  #cursor: string | null = null
  #reading: Promise<void> | null = null

  /** `params` are the query without `limit` and `cursor`. */
  constructor(params: URLSearchParams, find: (params: URLSearchParams) => Promise<Page<Item>>) {
    this.params = params
    this.#find = find
  }

  get isComplete(): boolean {
    return this.total !== null && this.#cursor === null
  }

  /** Reads the next page; a call during a reading waits for that one. */
  more(): Promise<void> {
    if (this.isComplete) return Promise.resolve()
    this.#reading ??= this.#append()
    return this.#reading
  }

  /** A reading ends before its items are shown: drawing them may ask for the next page. */
  async #append(): Promise<void> {
    const items = await this.#read(this.#cursor).finally(() => (this.#reading = null))
    this.items = [...this.items, ...items]
  }

  /** Reads at least the first `count` items again; the rest follows as one scrolls. */
  async refresh(count: number): Promise<void> {
    await this.#reading?.catch(() => undefined)
    this.#reading = this.#readAgain(count)
    await this.#reading
  }

  async #readAgain(count: number): Promise<void> {
    this.items = await this.#readFirst(count).finally(() => (this.#reading = null))
  }

  /** Deep in a list its first page is read alone, and all only if the number of matches has changed: rows that are here move on by events. */
  async #readFirst(count: number): Promise<Item[]> {
    const [before, cursor] = [this.total, this.#cursor]
    let items = await this.#read(null)
    if (count > MAX_READ_AGAIN && this.total === before) {
      this.#cursor = cursor
      return this.items
    }
    while (!this.isComplete && items.length < count) items = [...items, ...(await this.#read(this.#cursor))]
    return items
  }

  /** Reads and returns all items. */
  async all(): Promise<Item[]> {
    while (!this.isComplete) await this.more()
    return this.items
  }

  async #read(cursor: string | null): Promise<Item[]> {
    const params = new URLSearchParams(this.params)
    params.set('limit', String(cursor === null ? FIRST_PAGE : PAGE_SIZE))
    if (cursor !== null) params.set('cursor', cursor)
    const page = await this.#find(params)
    this.total = page.total
    this.#cursor = page.next_cursor
    return page.items
  }
}
