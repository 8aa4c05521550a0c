/** The saved views of the board. */

import { changeView, createView, deleteView, readViews } from '../../api/runs-table'
import { errorMessage } from '../../api/problem'
import type { SavedView } from '../../api/types'

export class SavedViews {
  items = $state.raw<SavedView[]>([])
  failure = $state('')

  async read(): Promise<void> {
    try {
      this.items = await readViews()
      this.failure = ''
    } catch (error) {
      this.failure = errorMessage(error)
    }
  }

  /** Saves a new view. The methods that change views throw what the server refuses. */
  async create(name: string, query: string): Promise<SavedView> {
    const view = await createView({ name, query })
    this.items = [...this.items, view]
    return view
  }

  async change(id: string, change: { name?: string; query?: string }): Promise<void> {
    const view = await changeView(id, change)
    this.items = this.items.map((item) => (item.id === id ? view : item))
  }

  async remove(id: string): Promise<void> {
    await deleteView(id)
    this.items = this.items.filter((item) => item.id !== id)
  }
}
