/** The row that the keys act on. It has the focus, so that Enter opens it and a screen reader reads it. */

import { tick } from 'svelte'
import { keyAction, type KeyAction } from '../keys'
import type { Item } from '../run-table.svelte'
import type { VisibleRows } from './visible-rows.svelte'

interface Source {
  rows: () => Item[]
  visible: VisibleRows
  pane: () => HTMLElement | undefined
  open: (row: Item) => void
  select: (row: Item, range: boolean) => void
  clear: () => void
}

export class RowKeys {
  /** The key of the current row; it stays the same row when others come before it. */
  current = $state<string | null>(null)
  readonly #source: Source

  constructor(source: Source) {
    this.#source = source
  }

  handle(event: KeyboardEvent): void {
    const action = keyAction(event)
    if (!action || action === 'search' || action === 'help') return // the page's own, which it has without rows, too
    event.preventDefault()
    void this.#act(action)
  }

  #act(action: KeyAction): void | Promise<void> {
    const { rows, clear, open, select } = this.#source
    if (action === 'next' || action === 'previous') return this.#step(action === 'next' ? 1 : -1)
    if (action === 'clear') return clear()
    const row = rows().find(({ key }) => key === this.current)
    if (row) return action === 'open' ? open(row) : select(row, action === 'range')
  }

  async #step(step: 1 | -1): Promise<void> {
    const rows = this.#source.rows()
    const at = rows.findIndex(({ key }) => key === this.current)
    const to = Math.min(rows.length - 1, Math.max(0, at === -1 ? 0 : at + step))
    this.current = rows[to]?.key ?? null
    this.#source.visible.reveal(to)
    await tick()
    this.#source.pane()?.querySelector<HTMLElement>(`[data-index="${to}"] .open`)?.focus({ preventScroll: true })
  }
}
