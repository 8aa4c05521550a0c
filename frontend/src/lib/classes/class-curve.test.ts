import { expect, test } from 'vitest'
import { Frame, HEIGHT, linesOf } from './class-curve'

const curve = { epochs: [1, 2, 3], precision: [null, 0.75, 0.8], recall: [0, 0.6, 0.8], f1: [0, 0.67, 0.8] }

test('a gap interrupts a line, and labels at one place are moved apart', () => {
  const frame = new Frame(curve, 640)
  const [recall, precision, f1] = linesOf(curve, frame)
  expect(recall!.path.match(/[ML]/g)).toEqual(['M', 'L', 'L'])
  expect(precision!.path.match(/[ML]/g)).toEqual(['M', 'L'])
  expect([recall, precision, f1].map((line) => Math.round(line!.end!.label - recall!.end!.y))).toEqual([0, 15, 30])
})

test('the axis begins at the tenth below the lowest score', () => {
  expect(new Frame(curve, 640).ticks).toEqual([1, 0.8, 0.6, 0.4, 0.2, 0])
  expect(new Frame({ ...curve, recall: [0.72, 0.8, 0.9], precision: [0.9, 0.9, 0.9], f1: [0.8, 0.8, 0.9] }, 640).ticks).toEqual([1, 0.9, 0.8, 0.7])
  expect(new Frame({ epochs: [1], precision: [1], recall: [1], f1: [1] }, 640).low).toBe(0.9)
})

test('a run of one epoch has points, a class without images no line', () => {
  const single = { epochs: [4], precision: [0.5], recall: [null], f1: [null] }
  const [recall, precision] = linesOf(single, new Frame(single, 640))
  expect(recall).toMatchObject({ path: '', end: null })
  expect(precision!.end!.y).toBeLessThan(HEIGHT)
})
