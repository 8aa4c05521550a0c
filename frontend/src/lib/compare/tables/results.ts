/** The table of results: one row for each figure, its values in the order of the runs, the better ones marked. */

import { bytes, capital, count, duration, figure, inPercent, isShare, percent } from '../../text/format'
import { TEST_MODE } from '../../runs/generalization-gap'
import { bestDirection, monitorTitle } from '../../spec/spec'
import { points, signed } from '../pair/verdict'
import type { ComparedRun } from '../../api/types'

export interface ResultRow {
  title: string
  note: string
  texts: string[]
  /** Positions of the best values; empty where all are equal or none is better. */
  best: number[]
  /** The second value minus the first, for two runs. */
  difference: string
}

type Direction = 'highest' | 'lowest' | null
type Format = (value: number) => string

/** What one row reads from a run, and how it is written. */
interface Quantity {
  title: string
  note?: string
  read: (run: ComparedRun) => number | null | undefined
  text: Format
  difference: Format
  direction: Direction
}

export function resultRows(runs: ComparedRun[]): ResultRow[] {
  return quantities(runs)
    .map((quantity) => resultRow(quantity, runs))
    .filter((row): row is ResultRow => row !== null)
}

/** Rows without any value are left out. */
function resultRow({ title, note = '', read, text, difference, direction }: Quantity, runs: ComparedRun[]): ResultRow | null {
  const values = runs.map((run) => read(run) ?? null)
  if (values.every((value) => value === null)) return null
  const texts = values.map((value) => (value === null ? '–' : text(value)))
  return {
    title,
    note,
    texts,
    best: bestOf(values, texts, direction),
    difference: runs.length === 2 ? differenceText(values, texts, difference) : '',
  }
}

/** Values that are written the same are equally good, and have no difference. */
function bestOf(values: (number | null)[], texts: string[], direction: Direction): number[] {
  const known = values.filter((value) => value !== null)
  const best = direction === 'highest' ? Math.max(...known) : Math.min(...known)
  const text = texts[values.indexOf(best)]
  const isAlike = values.every((value, at) => value === null || texts[at] === text)
  return direction === null || isAlike ? [] : values.flatMap((_, at) => (texts[at] === text ? [at] : []))
}

/** Of two runs. */
function differenceText(values: (number | null)[], texts: string[], text: Format): string {
  const [first, second] = values
  if (first == null || second == null) return ''
  return texts[0] === texts[1] ? 'same' : text(second - first)
}

function quantities(runs: ComparedRun[]): Quantity[] {
  const monitors = [...new Set(runs.map((run) => run.best?.monitor ?? 'val_loss'))]
  return [
    ...monitors.flatMap(atBest),
    share('Validation accuracy at that epoch', (run) => run.best?.metrics.val_accuracy),
    share('Validation accuracy, last epoch', (run) => run.metrics?.val_accuracy),
    loss('Validation loss, last epoch', (run) => run.metrics?.val_loss),
    gapOf(runs),
    share('Test accuracy', (run) => run.test?.metrics.accuracy ?? run.test?.metrics.val_accuracy),
    whole('Epochs', (run) => run.epoch),
    { title: 'Training time', note: 'epochs alone, without start and saving', read: (run) => run.result.seconds, text: duration, difference: signedWith(duration), direction: 'lowest' },
    whole('Parameters', (run) => run.parameters),
    { title: 'best.keras', read: (run) => run.result.bytes, text: bytes, difference: signedWith(bytes), direction: null },
    { title: 'One prediction', note: "the shortest of a second's predictions, on the processor", read: (run) => run.result.prediction_ms, text: milliseconds, difference: signedWith(milliseconds), direction: null },
  ]
}

/** The best value of a monitored metric and its epoch. Runs may monitor different ones. */
function atBest(monitor: string): Quantity[] {
  const value = isShare(monitor) ? share : loss
  const best = (run: ComparedRun) => (run.best?.monitor === monitor ? run.best : null)
  return [
    { ...value(`${capital(bestDirection(monitor))} ${monitorTitle(monitor)}`, (run) => best(run)?.value), direction: bestDirection(monitor) },
    { title: 'Its epoch', read: (run) => best(run)?.epoch, text: count, difference: () => '', direction: null },
  ]
}

const share = (title: string, read: Quantity['read']): Quantity => ({ title, read, text: percent, difference: points, direction: 'highest' })
const loss = (title: string, read: Quantity['read']): Quantity => ({ title, read, text: figure, difference: (value) => signed(value, 4), direction: 'lowest' })
const whole = (title: string, read: Quantity['read']): Quantity => ({ title, read, text: count, difference: signedWith(count), direction: null })

/** In test mode, as at the head of a run. Where a run of an older version has only the mean over an epoch, that of all runs
 * is compared: the two differ by more than runs do. */
function gapOf(runs: ComparedRun[]): Quantity {
  const hasTestMode = runs.every(({ metrics }) => metrics?.accuracy == null || metrics.train_eval_accuracy != null)
  const read = gap(hasTestMode ? 'train_eval_accuracy' : 'accuracy')
  const note = hasTestMode ? TEST_MODE : 'training accuracy as the mean over the epoch'
  return { ...share('Gap to training, last epoch', read), text: gapText, direction: 'lowest', note }
}

const gap = (name: string): Quantity['read'] => ({ metrics }) => {
  const [training, validation] = [metrics?.[name], metrics?.val_accuracy]
  return training == null || validation == null ? null : training - validation
}

/** A gap below zero is a run that does better on the validation images. */
const gapText = (value: number): string => `${inPercent(value).replace('-', '−')} pt`

const milliseconds = (value: number): string => `${value.toFixed(value < 10 ? 2 : 0)} ms`
const signedWith = (text: Format): Format => (value) => `${value > 0 ? '+' : '−'}${text(Math.abs(value))}`

/** The accuracy of one run with its 95 % interval, on the axis of all runs. */
export interface IntervalMark {
  position: number
  value: number
  low: number
  high: number
}

export function intervalMarks(runs: ComparedRun[]): IntervalMark[] {
  return runs.flatMap(({ result: { accuracy, interval } }, position) =>
    accuracy === null || interval === null ? [] : [{ position, value: accuracy, low: interval[0], high: interval[1] }],
  )
}

/** "± 0.58", half of the interval in points. */
export const halfWidth = ({ low, high }: IntervalMark): string => `± ${inPercent((high - low) / 2, 2)}`

