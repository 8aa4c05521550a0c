/** The light or dark theme: the system's until the user switches it; the choice is stored in this browser. */

import { themePalette } from '../charts/palette.svelte'
import { storedTheme, storeTheme, type Theme } from './stored-theme'

const systemIsDark = (): boolean => matchMedia('(prefers-color-scheme: dark)').matches

class ThemeChoice {
  chosen = $state<Theme | null>(storedTheme())

  toggle(): void {
    const now = this.chosen ?? (systemIsDark() ? 'dark' : 'light')
    this.chosen = now === 'dark' ? 'light' : 'dark'
    storeTheme(this.chosen)
    document.documentElement.dataset.theme = this.chosen
    themePalette.refresh()
  }
}

export const theme = new ThemeChoice()
