/** Shows the hover labels of all charts of a page at the position that the pointer has in one of them. */

import type { PlotlyHTMLElement } from 'plotly.js'
import { uncoverCurve } from './hover-box'
import { loadPlotly } from './plotly'

interface HoverPoint {
  curveNumber: number
  pointNumber: number
  x: number
}

/** `Fx` is missing in Plotly's types. */
interface Fx {
  hover(chart: HTMLElement, points: object): void
  unhover(chart: HTMLElement): void
}

export class LinkedHover {
  #charts = new Set<HTMLElement>()
  /** Charts that are moved by the page and not by the pointer. */
  #isFollowing = false

  /** Adds a drawn chart. Charts are linked where they have the same traces in the same order. */
  add(chart: PlotlyHTMLElement, fx: Fx): () => void {
    this.#charts.add(chart)
    chart.on('plotly_hover', (event) => this.#move(chart, event.points[0] as unknown as HoverPoint, fx))
    chart.on('plotly_unhover', () => this.#others(chart, (other) => fx.unhover(other)))
    uncoverCurve(chart)
    return () => this.#charts.delete(chart)
  }

  #move(chart: HTMLElement, point: HoverPoint | undefined, fx: Fx): void {
    if (!point) return
    const isUnified = (chart as unknown as { layout: { hovermode: string } }).layout.hovermode === 'x unified'
    const { curveNumber, pointNumber, x } = point
    const name = textOf(chart, point)
    this.#others(chart, (other) => {
      if (isUnified) fx.hover(other, { xval: x })
      else if (textOf(other, point) === name) fx.hover(other, [{ curveNumber, pointNumber }])
    })
  }

  #others(chart: HTMLElement, action: (other: HTMLElement) => void): void {
    if (this.#isFollowing) return
    this.#isFollowing = true
    try {
      for (const other of this.#charts) if (other !== chart) action(other)
    } finally {
      this.#isFollowing = false
    }
  }
}

/** The name of the line that a point belongs to. A chart whose lines have other points has another one there. */
const textOf = (chart: HTMLElement, { curveNumber, pointNumber }: HoverPoint): string | undefined =>
  (chart as unknown as { data: { text?: string[] }[] }).data[curveNumber]?.text?.[pointNumber]

export const loadFx = async (): Promise<Fx> => ((await loadPlotly()) as unknown as { Fx: Fx }).Fx
