/** Keeps the box with the values under the pointer away from the points that it tells of: Plotly may draw it on them, and has no option. */

/** A point under the pointer; the axis turns its value into pixels from the top of the plot. Missing in Plotly's types. */
interface HoverPoint {
  y: number | null
  yaxis: { d2p(value: number): number }
}

/** Moves the box of a drawn chart each time that Plotly has placed it, which it does without an event. */
export function uncoverCurve(chart: HTMLElement): void {
  const layer = chart.querySelector('.hoverlayer')
  let moved = ''
  const move = (): void => {
    const box = layer!.querySelector<SVGGElement>('.legend')
    if (box && box.getAttribute('transform') !== moved) moved = moveBox(box, chart)
  }
  if (layer) new MutationObserver(move).observe(layer, { childList: true, subtree: true, attributes: true, attributeFilter: ['transform'] })
}

/** Returns the attribute that it sets. */
function moveBox(box: SVGGElement, chart: HTMLElement): string {
  const { y, height } = chart.querySelector<SVGRectElement>('.nsewdrag')!
  const points = (chart as unknown as { _hoverdata?: HoverPoint[] })._hoverdata ?? []
  const curve = points.flatMap((point) => (point.y === null ? [] : [point.yaxis.d2p(point.y)]))
  const [left = '0'] = box.getAttribute('transform')?.match(/-?[\d.]+/) ?? []
  const place = `translate(${left},${y.baseVal.value + freeTop(curve, box.getBBox().height, height.baseVal.value)})`
  box.setAttribute('transform', place)
  return place
}

/** Returns where a box begins in a plot: at the top, or it ends at the bottom, whichever its nearest point is further from. Pixels. */
export function freeTop(points: number[], box: number, plot: number): number {
  const fromTop = Math.min(...points)
  const fromBottom = plot - Math.max(...points)
  return fromBottom > fromTop ? Math.max(0, plot - box) : 0
}
