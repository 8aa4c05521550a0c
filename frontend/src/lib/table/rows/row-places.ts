/** Where the rows of a list lie, in pixels below the first one's upper edge. */

export class RowPlaces {
  readonly #count: number
  readonly #unreadHeight: number
  /** The upper edge of each row that is read, and the lower edge of the last one. */
  readonly #edges: Float64Array

  /** The rows that are not read yet follow those that are, and have the same height. */
  constructor(count: number, read: number, heightOf: (index: number) => number, unreadHeight: number) {
    this.#count = count
    this.#unreadHeight = unreadHeight
    this.#edges = new Float64Array(read + 1)
    for (let index = 0; index < read; index++) this.#edges[index + 1] = this.#edges[index]! + heightOf(index)
  }

  /** The upper edge of a row; of the one after the last, the lower edge of all. */
  top(index: number): number {
    const read = this.#edges.length - 1
    return index <= read ? this.#edges[index]! : this.#edges[read]! + (index - read) * this.#unreadHeight
  }

  /** The row at this place; the first or the last one for places outside. */
  at(place: number): number {
    const read = this.#edges.length - 1
    const end = this.#edges[read]!
    const index = place < end ? this.#readAt(place) : read + Math.floor((place - end) / this.#unreadHeight)
    return Math.max(0, Math.min(index, this.#count - 1))
  }

  #readAt(place: number): number {
    let [low, high] = [0, this.#edges.length - 1]
    while (high - low > 1) {
      const middle = (low + high) >> 1
      if (this.#edges[middle]! <= place) low = middle
      else high = middle
    }
    return low
  }
}
