import { expect, test } from 'vitest'
import { bestQuarter, brushText, isInside, linePath, movedBrush, parallelAxes, parallelLines } from './parallel'
import { row, study } from '../study-examples'
import { trialOf, type Trial } from '../trials'

const search = study({ kind: 'tpe', space: { 'optimizer.learning_rate': { low: 0.001, high: 0.1, log: true }, batch_size: [32, 64] }, importance: { 'optimizer.learning_rate': 0.2, batch_size: 0.8 } })
const trials: Trial[] = Array.from({ length: 8 }, (_, trial) =>
  trialOf(row({ trial, value: 0.8 + trial / 100, values: { 'optimizer.learning_rate': 0.01, batch_size: trial % 2 ? 64 : 32 } }), search.objective),
)
const axes = parallelAxes(search, trials)
const lines = parallelLines(search, trials, axes)

test('the most important setting comes first and the objective last', () => {
  expect(axes.map((axis) => axis.title)).toEqual(['Batch size', 'Learning rate', 'Val. accuracy'])
})

test('a run is a line through its values, a run without a value has none', () => {
  expect(lines[1]!.places.slice(0, 2)).toEqual([1, expect.closeTo(0.5)])
  expect(parallelLines(search, [...trials, trialOf(row({ trial: 9, value: null }), search.objective)], axes)).toHaveLength(8)
})

test('the best quarter of eight runs are two, at the low end for a loss', () => {
  const chosen = lines.filter((line) => isInside(line, bestQuarter(search, trials, axes)))
  expect(chosen.map((line) => line.trial.number)).toEqual([6, 7])
  const losses = { ...search, objective: 'best.val_loss' }
  const low = lines.filter((line) => isInside(line, bestQuarter(losses, trials, axes)))
  expect(low.map((line) => line.trial.number)).toEqual([0, 1])
  expect(bestQuarter(search, trials.slice(0, 7), axes)).toEqual({})
})

test('a brush moves with the arrow keys and is cleared with Escape', () => {
  expect(movedBrush(undefined, 'ArrowUp', false)).toEqual([0.75, 1])
  expect(movedBrush([0.75, 1], 'ArrowDown', false)).toEqual([expect.closeTo(0.7), expect.closeTo(0.95)])
  expect(movedBrush([0.5, 0.75], 'ArrowDown', true)).toEqual([0.5, expect.closeTo(0.7)])
  expect([movedBrush([0, 1], 'Escape', false), movedBrush([0, 1], 'Tab', false)]).toEqual([null, undefined])
  expect([brushText(axes[1]!, [0, 0.5]), brushText(axes[1]!, [0.5, 1]), brushText(axes[0]!, undefined)]).toEqual(['up to 0.01', 'from 0.01', 'all'])
})

test('a line has a gap where the run has no such setting', () => {
  const point = (axis: number, place: number): [number, number] => [axis * 10, place * 10]
  expect(linePath([0, 1], point, true)).toBe('M0.0 0.0C5.0 0.0 5.0 10.0 10.0 10.0')
  expect(linePath([0, null, 1], point, true)).toBe('M0.0 0.0M20.0 10.0')
})
