/** The contour of two settings: the objective between the runs, interpolated, and its Plotly figure. */

import type { Palette } from '../charts/palette.svelte'
import type { Figure } from '../charts/curve-figure'
import { isShare } from '../text/format'
import { fieldTitle } from '../spec/field-title'
import type { Scale } from './scale'
import type { ScoredTrial } from './trials'

export interface ContourPoint {
  x: number
  y: number
  value: number
  trial: ScoredTrial
}

const CELLS = 32

/** Returns the runs that have both settings, at their positions from 0 to 1. */
export function contourPoints(trials: ScoredTrial[], [xPath, yPath]: [string, string], x: Scale, y: Scale): ContourPoint[] {
  return trials.flatMap((trial) => {
    const at = [x.at(trial.values[xPath]), y.at(trial.values[yPath])]
    return at[0] == null || at[1] == null ? [] : [{ x: at[0], y: at[1], value: trial.value, trial }]
  })
}

/** Returns rows of values on a square grid: at each cell the mean of all runs, weighted by the inverse of their squared distance. */
export function interpolated(points: ContourPoint[], cells = CELLS): number[][] {
  const place = (cell: number): number => cell / (cells - 1)
  return Array.from({ length: cells }, (_, row) => Array.from({ length: cells }, (_, column) => meanAt(points, place(column), place(row))))
}

/** Keeps a run from having an infinite weight at its own place. */
const NEAREST = 1e-3

function meanAt(points: ContourPoint[], x: number, y: number): number {
  let sum = 0
  let weights = 0
  for (const point of points) {
    const weight = 1 / ((point.x - x) ** 2 + (point.y - y) ** 2 + NEAREST)
    sum += weight * point.value
    weights += weight
  }
  return sum / weights
}

interface Size {
  width: number
  height: number
}

export function contourFigure(points: ContourPoint[], paths: [string, string], scales: [Scale, Scale], objective: string, palette: Palette, size: Size): Figure {
  const places = Array.from({ length: CELLS }, (_, cell) => cell / (CELLS - 1))
  const format = isShare(objective) ? '.1%' : '.3~g'
  const axis = (path: string, { ticks }: Scale): object => ({
    title: { text: fieldTitle(path), standoff: 8 },
    tickvals: ticks.map((tick) => tick.at),
    ticktext: ticks.map((tick) => tick.text),
    range: [-0.03, 1.03],
    showgrid: false,
    zeroline: false,
    color: palette.muted,
  })
  return {
    data: [
      {
        type: 'contour',
        x: places,
        y: places,
        z: interpolated(points),
        colorscale: [[0, `rgb(${palette.heatGround.replaceAll(' ', ',')})`], [1, palette.series]],
        contours: { coloring: 'heatmap' },
        line: { width: 0.7, color: palette.lineStrong },
        colorbar: { thickness: 10, outlinewidth: 0, tickformat: format },
        hoverinfo: 'skip',
      },
      {
        type: 'scatter',
        mode: 'markers',
        x: points.map((point) => point.x),
        y: points.map((point) => point.y),
        text: points.map(({ trial }) => `#${trial.number}`),
        customdata: points.map((point) => point.value),
        hovertemplate: `run %{text}: %{customdata:${format}}<extra></extra>`,
        marker: { size: 7, color: palette.panel, line: { color: palette.text, width: 1.2 } },
      },
    ],
    layout: {
      ...size,
      margin: { l: 76, r: 16, t: 12, b: 52 },
      paper_bgcolor: 'transparent',
      plot_bgcolor: 'transparent',
      font: { family: palette.font, size: 11, color: palette.muted },
      dragmode: false,
      showlegend: false,
      hoverlabel: { bgcolor: palette.panel, bordercolor: palette.lineStrong, font: { color: palette.text, size: 12 } },
      xaxis: axis(paths[0], scales[0]),
      yaxis: axis(paths[1], scales[1]),
    },
  }
}
