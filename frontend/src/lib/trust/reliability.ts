/** What the reliability chart and its sentences show. */

import type { Calibration, CalibrationBin } from '../api/types'
import { count, percent } from '../text/format'

/** A bin with images: how sure it was, how often it was right, and the interval of that. */
export interface ReliabilityPoint {
  confidence: number
  accuracy: number
  low: number
  high: number
  n: number
}

export function reliabilityPoints(bins: CalibrationBin[]): ReliabilityPoint[] {
  return bins.flatMap(({ n, confidence, accuracy, interval }) =>
    confidence === null || accuracy === null || interval === null ? [] : [{ confidence, accuracy, low: interval[0], high: interval[1], n }],
  )
}

const STEP = 0.2

/** Returns where both axes begin: at a tick below every point, so that the chart has no empty corner. */
export function axisStart(series: ReliabilityPoint[][]): number {
  const lowest = Math.min(1 - STEP, ...series.flat().map((point) => Math.min(point.confidence, point.accuracy)))
  return Math.max(0, Math.floor(lowest / STEP + 1e-9) * STEP)
}

export function axisTicks(start: number): number[] {
  return Array.from({ length: Math.round((1 - start) / STEP) + 1 }, (_, at) => start + at * STEP)
}

/** "It is right 90.5% of the time, and surer than it should be." */
export function verdict({ accuracy, interval, confidence }: Calibration): string {
  const isFair = interval[0] <= confidence && confidence <= interval[1]
  const how = isFair ? 'about as sure as it should be' : confidence > accuracy ? 'surer than it should be' : 'less sure than it could be'
  return `It is right ${percent(accuracy, 1)} of the time, and ${how}.`
}

export interface Observation {
  claim: string
  evidence: string
}

/** Describes the bin that adds most to the calibration error, unless chance explains it. */
export function observation(bins: CalibrationBin[], subject: string): Observation {
  const beyondChance = bins.filter(isBeyondChance)
  const worst = beyondChance.toSorted((a, b) => weight(b) - weight(a))[0]
  if (!worst) return { claim: `${subject}, its confidence can be believed:`, evidence: 'no bin is further from the diagonal than chance explains, with so many bins.' }
  return {
    claim: `${subject}, it is ${worst.confidence! > worst.accuracy! ? 'too sure' : 'not sure enough'}:`,
    evidence: `on the ${count(worst.n)} images where it says ${percent(worst.low, 0)} to ${percent(worst.high, 0)}, it says ${percent(worst.confidence, 1)} on average and is right ${percent(worst.accuracy, 1)} of the time.`,
  }
}

/** Of 15 intervals of 95% one is often missed by chance. This is how much wider they are at 95% for all of them (Bonferroni). */
const ALL_BINS = 1.5

function isBeyondChance({ confidence, accuracy, interval }: CalibrationBin): boolean {
  if (confidence === null || accuracy === null || interval === null) return false
  const edge = confidence < accuracy ? interval[0] : interval[1]
  return Math.abs(confidence - accuracy) > ALL_BINS * Math.abs(edge - accuracy)
}

const weight = ({ n, confidence, accuracy }: CalibrationBin): number => n * Math.abs(confidence! - accuracy!)
