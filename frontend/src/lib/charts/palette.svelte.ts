/** The colors of tokens.css for code that CSS can't reach: charts, and text on a shaded cell. Read again when the theme changes. */

export interface Palette {
  text: string
  muted: string
  panel: string
  grid: string
  lineStrong: string
  warn: string
  warnSoft: string
  series: string
  /** The hues of several runs, in the order of the palette. */
  hues: string[]
  font: string
  heatGround: string
  heatRight: string
  heatWrong: string
}

function readPalette(): Palette {
  const style = getComputedStyle(document.documentElement)
  const token = (name: string): string => style.getPropertyValue(`--${name}`).trim()
  return {
    text: token('text'),
    muted: token('muted'),
    panel: token('panel'),
    grid: token('grid'),
    lineStrong: token('line-strong'),
    warn: token('warn'),
    warnSoft: token('warn-soft'),
    series: token('series-1'),
    hues: [1, 2, 3, 4, 5, 6].map((number) => token(`series-${number}`)),
    font: token('font'),
    heatGround: token('heat-0'),
    heatRight: token('heat-right'),
    heatWrong: token('heat-wrong'),
  }
}

class ThemePalette {
  current = $state.raw(readPalette())

  constructor() {
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.refresh())
  }

  refresh(): void {
    this.current = readPalette()
  }
}

export const themePalette = new ThemePalette()
