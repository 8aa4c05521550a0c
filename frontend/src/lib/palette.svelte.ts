/** The colours of tokens.css for what CSS can't reach (charts, the text on a shade). Read anew when the theme changes. */

export interface Palette {
  text: string
  muted: string
  panel: string
  grid: string
  lineStrong: string
  series: string
  font: string
  heatGround: string
  heatRight: string
  heatWrong: string
}

export function readPalette(): Palette {
  const style = getComputedStyle(document.documentElement)
  const token = (name: string): string => style.getPropertyValue(`--${name}`).trim()
  return {
    text: token('text'),
    muted: token('muted'),
    panel: token('panel'),
    grid: token('grid'),
    lineStrong: token('line-strong'),
    series: token('series-1'),
    font: token('font'),
    heatGround: token('heat-0'),
    heatRight: token('heat-right'),
    heatWrong: token('heat-wrong'),
  }
}

class Look {
  palette = $state.raw(readPalette())

  constructor() {
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.read())
  }

  read(): void {
    this.palette = readPalette()
  }
}

export const look = new Look()
