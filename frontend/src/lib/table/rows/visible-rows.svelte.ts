/** Which rows are drawn: those in sight and a few around them, by TanStack Virtual. */

import { createVirtualizer, type VirtualItem } from '@tanstack/svelte-virtual'
import { untrack } from 'svelte'
import { get } from 'svelte/store'

/** Rows drawn beyond each edge, so that scrolling shows no gap. */
const OVERSCAN = 10

interface Source {
  count: () => number
  keyOf: (index: number) => string
  /** In pixels. */
  heightOf: (index: number) => number
  scroller: () => HTMLElement | null
  /** Pixels above the first row that scroll with the rows. */
  offset: () => number
  /** Pixels at the upper edge that a head covers. */
  covered: () => number
}

export interface VisibleRows {
  readonly items: VirtualItem[]
  /** Heights of the rows that are not drawn, in pixels. */
  readonly above: number
  readonly below: number
  /** Scrolls a row into sight. */
  reveal: (index: number) => void
}

export function createVisibleRows(source: Source): VisibleRows {
  const store = createVirtualizer<HTMLElement, HTMLTableRowElement>({ count: 0, getScrollElement: source.scroller, estimateSize: source.heightOf })
  const virtualizer = get(store)
  /** Changes with each scroll, for the virtualizer itself stays the same object. */
  let version = $state.raw({})
  $effect(() => store.subscribe(() => (version = {})))
  $effect(() => {
    const options = { ...optionsOf(source), getScrollElement: () => scroller }
    const scroller = source.scroller()
    untrack(() => virtualizer.setOptions(options))
  })
  const items = $derived.by(() => {
    void version
    return virtualizer.getVirtualItems()
  })
  return {
    get items() {
      return items
    },
    get above() {
      return items.length ? items[0]!.start - source.offset() : 0
    },
    get below() {
      return items.length ? virtualizer.getTotalSize() - (items.at(-1)!.end - source.offset()) : 0
    },
    reveal: (index) => virtualizer.scrollToIndex(index, { align: 'auto' }),
  }
}

/** `getItemKey` is a new function each time, so that all heights are computed again. */
const optionsOf = (source: Source) => ({
  count: source.count(),
  getItemKey: (index: number) => source.keyOf(index),
  estimateSize: source.heightOf,
  scrollMargin: source.offset(),
  scrollPaddingStart: source.covered(),
  overscan: OVERSCAN,
})
