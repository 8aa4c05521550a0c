/** Loads Plotly once, when the first chart is drawn: it is five times the size of the rest of the page. */

type Plotly = typeof import('plotly.js-cartesian-dist-min')

let loading: Promise<Plotly> | undefined

export function loadPlotly(): Promise<Plotly> {
  loading ??= import('plotly.js-cartesian-dist-min').then((module) =>
    'default' in module ? (module.default as Plotly) : module,
  )
  return loading
}
