/** Which rows are drawn: those in sight and a few around them. */

import { untrack } from 'svelte'
import { afterPaint } from '../../live/idle'
import { RowPlaces } from './row-places'

/** Rows drawn beyond each edge, so that scrolling shows no gap. The first frame has those in sight alone. */
const OVERSCAN = 10

interface Source {
  /** Read or not. */
  count: () => number
  /** The heights of the rows that are read, in their order, and of one that is not. */
  heights: () => { read: number; of: (index: number) => number; unread: number }
  scroller: () => HTMLElement | null
  /** Pixels above the first row that scroll with the rows. */
  offset: () => number
  /** Pixels at the upper edge that a head covers. */
  covered: () => number
}

export interface VisibleRows {
  readonly indexes: number[]
  /** Heights of the rows that are not drawn, in pixels. */
  readonly above: number
  readonly below: number
  /** Scrolls a row into sight. */
  reveal: (index: number) => void
}

export function createVisibleRows(source: Source): VisibleRows {
  let scrolled = $state(0)
  /** Until the first layout as high as the window, which no pane exceeds. */
  let height = $state(innerHeight)
  let overscan = $state(0)
  afterPaint(() => (overscan = OVERSCAN))
  const count = $derived(source.count())
  const places = $derived.by(() => {
    const { read, of, unread } = source.heights()
    return new RowPlaces(count, read, of, unread)
  })
  const from = $derived(Math.max(0, places.at(scrolled - source.offset()) - overscan))
  const to = $derived(Math.min(count, places.at(scrolled - source.offset() + height) + 1 + overscan))
  const indexes = $derived(Array.from({ length: Math.max(0, to - from) }, (_, at) => from + at))

  $effect(() => {
    const scroller = source.scroller()
    return scroller ? observe(scroller, () => (scrolled = scroller.scrollTop), () => (height = scroller.clientHeight)) : undefined
  })

  function reveal(index: number): void {
    const scroller = untrack(source.scroller)
    if (!scroller) return
    scrollIntoSight(scroller, places.top(index) + source.offset(), places.top(index + 1) + source.offset(), source.covered())
    scrolled = scroller.scrollTop
  }

  return {
    get indexes() {
      return indexes
    },
    get above() {
      return places.top(from)
    },
    get below() {
      return places.top(count) - places.top(to)
    },
    reveal,
  }
}

/** Calls back when an element is scrolled or changes its size. Returns the function that ends it. */
function observe(scroller: HTMLElement, scroll: () => void, resize: () => void): () => void {
  const observer = new ResizeObserver(resize)
  observer.observe(scroller)
  scroller.addEventListener('scroll', scroll, { passive: true })
  return () => {
    observer.disconnect()
    scroller.removeEventListener('scroll', scroll)
  }
}

/** Scrolls as little as brings the pixels from `top` to `bottom` into sight, of which `covered` at the upper edge are not. */
function scrollIntoSight(scroller: HTMLElement, top: number, bottom: number, covered: number): void {
  if (top - covered < scroller.scrollTop) scroller.scrollTop = top - covered
  else if (bottom > scroller.scrollTop + scroller.clientHeight) scroller.scrollTop = bottom - scroller.clientHeight
}
