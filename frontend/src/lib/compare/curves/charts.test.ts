import { expect, test } from 'vitest'
import { groupKeys, horizontalOf, overlayLines, runKeys, smoothingText, withPoint, zoomOf, zoomText } from './charts'
import type { Curves } from '../../api/types'

const curves = (runs: (string | null)[]): Curves =>
  ({ lines: runs.map((run) => ({ run, label: run ?? 'a group', values: run === null ? { 'optimizer.learning_rate': 0.001, seed: null } : null, n: 1, x: [1], mean: [1], low: [1], high: [1] })) }) as unknown as Curves

test('a run keeps its letter and its hue when another run has no values', () => {
  expect(overlayLines(curves(['b']), 'validation', ['a', 'b'], new Map([['b', 1]]))).toMatchObject([{ key: 'B', hue: 1, name: 'b', best: 0 }])
})

test('groups are lettered in their order', () => {
  expect(overlayLines(curves([null, null]), 'training', [], new Map())).toMatchObject([{ key: 'A', name: 'Learning rate 0.001, seed not set' }, { key: 'B' }])
})

test('each run has a key before and after its curve is read, also without one', () => {
  const lines = overlayLines(curves(['a', 'c']), 'validation', ['a', 'b', 'c'], new Map())
  expect(runKeys(['a', 'b', 'c'], null).map(({ key, isDrawn }) => [key, isDrawn])).toEqual([['A', true], ['B', true], ['C', true]])
  expect(runKeys(['a', 'b', 'c'], lines).map(({ key, isDrawn }) => [key, isDrawn])).toEqual([['A', true], ['B', false], ['C', true]])
  expect(groupKeys(overlayLines(curves([null]), 'validation', [], new Map()))).toMatchObject([{ key: 'A', n: 1, isDrawn: true }])
})

test('the address names the axis and the zoom; nonsense is ignored', () => {
  expect(horizontalOf('images')).toBe('images')
  expect(horizontalOf('weeks')).toBe('epoch')
  expect(zoomOf(zoomText([2, 9.25]))).toEqual([2, 9.25])
  expect([null, '', '9..2', 'a..b', '3'].map(zoomOf)).toEqual([null, null, null, null, null])
})

test('smoothing says that it is smoothing', () => {
  expect(smoothingText(0)).toBe('off')
  expect(smoothingText(0.9)).toContain('moving average')
})

test('an epoch in training is added to the line of its run, and only there', () => {
  const known = { ...curves(['a', 'b']), metric: 'loss', x: 'images' } as Curves
  const [a, b] = [known.lines[0]!, known.lines[1]!].map((line) => ({ ...line, x: [60], counts: [1] }))
  const added = withPoint({ ...known, lines: [a!, b!] }, 'b', 2, { loss: 0.5, seconds: 3 })
  expect(added?.lines[1]).toMatchObject({ x: [60, 120], mean: [1, 0.5], high: [1, 0.5], counts: [1, 1] })
  expect(added?.lines[0]).toBe(a)
  expect(withPoint(known, 'b', 5, {})).toBeNull() // an epoch was missed
  expect(withPoint(known, 'c', 1, {})).toBeNull()
})
