/** The curves of all charts on the page, read metric by metric and kept until newer ones arrive. */

import { readCurves, type CurvesQuery } from '../../api/client'
import { errorMessage } from '../../api/problem'
import type { ChartKind } from './charts'
import { withPoint } from './charts'
import type { Curves, Metrics } from '../../api/types'

/** What the charts have in common: the runs, the axis and the grouping. */
export type CurvesRequest = Omit<CurvesQuery, 'metric'>

export class CurveSet {
  byMetric = $state.raw<Record<string, Curves>>({})
  failure = $state('')
  #latest = 0

  /** Reads the metrics of `charts`. Late answers to an earlier request are ignored. */
  async read(query: CurvesRequest, charts: ChartKind[]): Promise<void> {
    const request = ++this.#latest
    const metrics = charts.flatMap(({ validation, training }) => (training === null ? [validation] : [validation, training]))
    try {
      const answers = await Promise.all(metrics.map((metric) => readCurves({ ...query, metric })))
      if (request !== this.#latest) return
      this.byMetric = Object.fromEntries(answers.map((curves) => [curves.metric, curves]))
      this.failure = ''
    } catch (error) {
      if (request === this.#latest) this.failure = errorMessage(error)
    }
  }

  /** Adds an epoch of a run. Returns false when the curves must be read again: the run has no line, or its mean is drawn. */
  addEpoch(run: string, epoch: number, metrics: Metrics): boolean {
    const extended = Object.entries(this.byMetric).map(([name, curves]) => [name, withPoint(curves, run, epoch, metrics)] as const)
    if (extended.some(([, curves]) => curves === null)) return false
    this.byMetric = Object.fromEntries(extended) as Record<string, Curves>
    return true
  }
}
