/** Light or dark: the system's choice until a person presses the button, then theirs, remembered in this browser. */

import { look } from './palette.svelte'

const KEY = 'epochboard-theme'
export type Theme = 'light' | 'dark'

/** Private windows may forbid the storage; then the choice lasts until the page is closed. */
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
    console.info('The theme is not remembered:', error)
  }
}

const systemIsDark = (): boolean => matchMedia('(prefers-color-scheme: dark)').matches

class ThemeChoice {
  chosen = $state<Theme | null>(stored())

  /** Before the first paint, so that the page never flashes in the other theme. */
  show(): void {
    if (this.chosen) document.documentElement.dataset.theme = this.chosen
    look.read()
  }

  toggle(): void {
    const now = this.chosen ?? (systemIsDark() ? 'dark' : 'light')
    this.chosen = now === 'dark' ? 'light' : 'dark'
    store(this.chosen)
    this.show()
  }
}

export const theme = new ThemeChoice()
