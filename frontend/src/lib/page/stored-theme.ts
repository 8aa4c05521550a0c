/** The theme that the user switched to, in the storage of this browser. The API page reads it, too. */

export const THEME_KEY = 'epochboard-theme'
export type Theme = 'light' | 'dark'

/** Private windows may forbid the storage; the choice then lasts until the page is closed. */
export function storedTheme(): Theme | null {
  try {
    const value = localStorage.getItem(THEME_KEY)
    return value === 'light' || value === 'dark' ? value : null
  } catch {
    return null
  }
}

/** Called before the first paint, so that the page does not flash in the other theme. */
export function showStoredTheme(): void {
  const theme = storedTheme()
  if (theme) document.documentElement.dataset.theme = theme
}
