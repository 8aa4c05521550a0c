/** Saves a chart as a picture. */

import { loadPlotly } from './plotly'
import { saveAddress } from '../text/save'
import type { Figure } from './curve-figure'
import type { Palette } from './palette.svelte'

/** A picture has this many pixels for each pixel of the page. */
const SCALE = 2

export type PictureFormat = 'png' | 'svg'

/** The picture has the background of the page and the title, which on the page stands beside the chart. */
export async function savePicture({ data, layout }: Figure, palette: Palette, title: string, format: PictureFormat): Promise<void> {
  const { width = 640, height = 260 } = layout
  const margin = { ...layout.margin, t: 40 }
  const text = title.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
  const named = { ...layout, margin, paper_bgcolor: palette.panel, title: { text, font: { size: 14, color: palette.text }, x: 0.02, xanchor: 'left' as const } }
  const plotly = await loadPlotly()
  const address = await plotly.toImage({ data, layout: named }, { format, width, height: height + 28, ...(format === 'png' ? { scale: SCALE } : {}) })
  saveAddress(address, `${title}.${format}`)
}
