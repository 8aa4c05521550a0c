/** Plotly is five times the rest of the page: it is fetched after the page, once, when a chart is to be drawn. */

type Plotly = typeof import('plotly.js-cartesian-dist-min')

let loading: Promise<Plotly> | undefined

export function loadPlotly(): Promise<Plotly> {
  loading ??= import('plotly.js-cartesian-dist-min').then((module) =>
    'default' in module ? (module.default as Plotly) : module,
  )
  return loading
}
