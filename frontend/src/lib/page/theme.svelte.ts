/** The light or dark theme: the system's until the user switches it; the choice is stored in this browser. */

import { themePalette } from '../charts/palette.svelte'

const KEY = 'epochboard-theme'
export type Theme = 'light' | 'dark'

/** Private windows may forbid the storage; the choice then lasts until the page is closed. */
function stored(): Theme | null {
  try {
    const value = localStorage.getItem(KEY)
    return value === 'light' || value === 'dark' ? value : null
  } catch {
    return null
  }
}

function store(theme: Theme): void {
  try {
    localStorage.setItem(KEY, theme)
  } catch (error) {
    console.info('The theme could not be stored:', error)
  }
}

const systemIsDark = (): boolean => matchMedia('(prefers-color-scheme: dark)').matches

class ThemeChoice {
  chosen = $state<Theme | null>(stored())

  /** Called before the first paint, so that the page does not flash in the other theme. */
  apply(): void {
    if (this.chosen) document.documentElement.dataset.theme = this.chosen
    themePalette.refresh()
  }

  toggle(): void {
    const now = this.chosen ?? (systemIsDark() ? 'dark' : 'light')
    this.chosen = now === 'dark' ? 'light' : 'dark'
    store(this.chosen)
    this.apply()
  }
}

export const theme = new ThemeChoice()
