/** The charts of the page: which metrics each one overlays, and the lines that it draws from the server's answer. */

import { hueOf, runKey } from '../run-key'
import type { Horizontal, OverlayLine } from '../../charts/overlay/overlay'
import { fieldText, fieldTitle } from '../../runs/run-fields'
import type { Curves, Json, Metrics } from '../../api/types'

/** A chart of one metric on the validation images (or of the run itself), and the same metric in training where it exists. */
export interface ChartKind {
  name: string
  title: string
  note: string
  validation: string
  training: string | null
}

export const MAIN_CHARTS: ChartKind[] = [
  { name: 'loss', title: 'Loss', note: 'lower is better', validation: 'val_loss', training: 'loss' },
  { name: 'accuracy', title: 'Accuracy', note: 'higher is better', validation: 'val_accuracy', training: 'accuracy' },
]
export const MORE_CHARTS: ChartKind[] = [
  { name: 'macro_f1', title: 'Macro F1', note: 'higher is better, validation', validation: 'val_macro_f1', training: null },
  { name: 'learning_rate', title: 'Learning rate', note: 'of each epoch', validation: 'learning_rate', training: null },
  { name: 'seconds', title: 'Seconds', note: 'of each epoch', validation: 'seconds', training: null },
  { name: 'penalty', title: 'Penalty', note: 'L1 and L2, part of both losses', validation: 'penalty', training: null },
]

export const HORIZONTALS: { value: Horizontal; text: string }[] = [
  { value: 'epoch', text: 'Epochs' },
  { value: 'seconds', text: 'Time' },
  { value: 'images', text: 'Images seen' },
]

export const horizontalOf = (name: string | null): Horizontal =>
  HORIZONTALS.find(({ value }) => value === name)?.value ?? 'epoch'

/** Returns the lines of one metric. A run keeps its key wherever it stands among the lines; groups are keyed in their order. */
export function overlayLines({ lines }: Curves, kind: OverlayLine['kind'], ids: string[], bestEpochs: Map<string, number>): OverlayLine[] {
  return lines.map((line, at) => {
    const position = line.run === null ? at : Math.max(ids.indexOf(line.run), 0)
    const { n, x, mean, low, high } = line
    const name = line.values ? groupName(line.values) : line.label
    const best = kind === 'validation' && line.run !== null ? indexOfEpoch(bestEpochs.get(line.run), x.length) : null
    return { key: runKey(position), name, hue: hueOf(position), kind, n, x, mean, low, high, best }
  })
}

/** The key of a line. One that is not drawn keeps its place among the others. */
export type LineKey = Pick<OverlayLine, 'key' | 'name' | 'hue' | 'n'> & { isDrawn: boolean }

/** Keys of all runs before their curves are read, when `lines` is null, and after, those without a curve included: none comes or goes. */
export function runKeys(names: string[], lines: OverlayLine[] | null): LineKey[] {
  const drawn = new Set(lines?.map(({ key }) => key))
  const keys = names.map((name, position) => ({ key: runKey(position), name, hue: hueOf(position), n: 1 }))
  return keys.map((each) => ({ ...each, isDrawn: lines === null || drawn.has(each.key) }))
}

export const groupKeys = (lines: OverlayLine[]): LineKey[] => lines.map((line) => ({ ...line, isDrawn: true }))

/** "Learning rate 0.001, seed not set" */
function groupName(values: Record<string, Json>): string {
  const texts = Object.entries(values).map(([path, value]) => `${fieldTitle(path)} ${fieldText(path, value)}`)
  return texts.map((text, at) => (at ? text.charAt(0).toLowerCase() + text.slice(1) : text)).join(', ')
}

/** Returns the curves with the next epoch of a run; null when it does not follow the line's last point. */
export function withPoint(curves: Curves, run: string, epoch: number, metrics: Metrics): Curves | null {
  const at = curves.lines.findIndex((line) => line.run === run)
  const line = curves.lines[at]
  if (!line || line.x.length !== epoch - 1) return null
  const steps = { epoch: 1, seconds: metrics.seconds ?? 0, images: line.x[0]! }
  const value = metrics[curves.metric] ?? null
  const [mean, low, high] = [line.mean, line.low, line.high].map((values) => [...values, value])
  const longer = { ...line, x: [...line.x, line.x.at(-1)! + steps[curves.x]], mean: mean!, low: low!, high: high!, counts: [...line.counts, 1] }
  return { ...curves, lines: curves.lines.with(at, longer) }
}

/** A line has a point for each epoch, unless it is so long that points were left out. */
function indexOfEpoch(epoch: number | undefined, points: number): number | null {
  return epoch !== undefined && epoch <= points && points < MAX_EPOCHS ? epoch - 1 : null
}
/** Points that the server sends of a line at most. */
const MAX_EPOCHS = 1_000

/** The weight of the exponential moving average at each step of the smoothing slider. */
export const SMOOTHING_STEPS = [0, 0.3, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.93, 0.95, 0.97]

export const smoothingText = (weight: number): string =>
  weight === 0 ? 'off' : `${weight}, moving average; pale: the values`

/** Reads "3..9", the part of the horizontal axis that the charts show. */
export function zoomOf(text: string | null): [number, number] | null {
  const [low, high] = (text ?? '').split('..').map(Number)
  return low !== undefined && high !== undefined && Number.isFinite(low) && low < high ? [low, high] : null
}

export const zoomText = ([low, high]: [number, number]): string => `${Number(low.toPrecision(6))}..${Number(high.toPrecision(6))}`
