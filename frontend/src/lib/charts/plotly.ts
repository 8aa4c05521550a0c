/** Loads Plotly once, when it is first needed: its smallest bundle, with the traces that charts use, is four times the size of the page. */

type Plotly = typeof import('plotly.js-basic-dist-min')

let loading: Promise<Plotly> | undefined

export function loadPlotly(): Promise<Plotly> {
  loading ??= import('./plotly-basic').then((module) => module.default)
  return loading
}
