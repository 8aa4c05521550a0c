/** The light or dark theme: the system's until the user switches it; the choice is stored in this browser. */

import { themePalette } from '../charts/palette.svelte'
import { THEME_KEY, type Theme } from './stored-theme'

const systemIsDark = (): boolean => matchMedia('(prefers-color-scheme: dark)').matches

function store(theme: Theme): void {
  try {
    localStorage.setItem(THEME_KEY, theme)
  } catch (error) {
    console.info('The theme could not be stored:', error)
  }
}

class ThemeChoice {
  /** What early.ts has applied. */
  chosen = $state((document.documentElement.dataset.theme ?? null) as Theme | null)

  toggle(): void {
    const now = this.chosen ?? (systemIsDark() ? 'dark' : 'light')
    this.chosen = now === 'dark' ? 'light' : 'dark'
    store(this.chosen)
    document.documentElement.dataset.theme = this.chosen
    themePalette.refresh()
  }
}

export const theme = new ThemeChoice()
