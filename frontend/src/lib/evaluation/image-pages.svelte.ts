import { errorMessage } from '../api/problem'

interface ImagePage {
  items: unknown[]
  total: number
  next_cursor: string | null
}
type Find<P extends ImagePage> = (cursor: { cursor?: string }) => Promise<P>

/** Pages of images that are read one after another. An answer that a later request has overtaken is dropped. */
export class ImagePages<P extends ImagePage> {
  /** The newest page of the server, with the images of the pages before it. */
  page = $state.raw<P | null>(null)
  failure = $state('')
  #find: Find<P> | null = null
  #latest = 0

  /** Images that match and are not read yet. */
  get left(): number {
    return this.page ? this.page.total - this.page.items.length : 0
  }

  /** Reads the first images of a query. Those of the query before it stay until they are here. */
  async start(find: Find<P>): Promise<void> {
    this.#find = find
    await this.#read(null)
  }

  /** Adds the next images. */
  async more(): Promise<void> {
    await this.#read(this.page)
  }

  async #read(previous: P | null): Promise<void> {
    const request = ++this.#latest
    try {
      const answer = await this.#find!(previous?.next_cursor ? { cursor: previous.next_cursor } : {})
      if (request !== this.#latest) return
      this.page = { ...answer, items: [...(previous?.items ?? []), ...answer.items] }
      this.failure = ''
    } catch (error) {
      if (request === this.#latest) this.failure = errorMessage(error)
    }
  }
}
