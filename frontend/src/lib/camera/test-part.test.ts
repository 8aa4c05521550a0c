import { expect, test } from 'vitest'
import { trainingCount } from './test-part'

/** The holds of some pictures: 3 and 2 are `[1, 1, 1, 2, 2]`. */
const holds = (...lengths: number[]): number[] => lengths.flatMap((length, index) => Array<number>(length).fill(index + 1))

test('of one hold, the last fifth of its time is for testing', () => {
  expect(trainingCount(holds(50))).toBe(40)
})

test('whole holds are for testing where they make about a fifth', () => {
  expect(trainingCount(holds(30, 10, 9))).toBe(40)
  expect(trainingCount(holds(20, 15, 7, 7))).toBe(42)
})

test('a last hold that is too long or too short is cut by time', () => {
  expect(trainingCount(holds(20, 30))).toBe(40)
  expect(trainingCount(holds(97, 3))).toBe(80)
})

test.each([
  [0, 0],
  [1, 1],
  [2, 1],
  [3, 2],
])('of %i pictures, %i are for training', (total, training) => {
  expect(trainingCount(holds(total))).toBe(training)
})
