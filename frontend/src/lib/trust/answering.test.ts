import { expect, test } from 'vitest'
import type { Answering } from '../api/types'
import { answeredAt, cheapestThreshold, downTo, firstUseful, thresholdOf } from './answering'

const answering: Answering = {
  threshold: [0, 0.5, 1],
  answered: [100, 80, 0],
  right: [90, 78, 0],
  share: [1, 0.8, 0],
  accuracy: [0.9, 0.975, null],
  interval: [[0.83, 0.94], [0.91, 0.99], null],
}

test('the figures at a threshold', () => {
  expect(answeredAt(answering, 0.6)).toMatchObject({ threshold: 0.5, answered: 80, accuracy: 0.975, missedRight: 12, missedWrong: 8 })
  expect(answeredAt(answering, 1)).toMatchObject({ answered: 0, accuracy: null, missedRight: 90, missedWrong: 10 })
})

test('the more a wrong answer costs, the surer it must be', () => {
  expect(cheapestThreshold(answering, 1)).toBe(0)
  expect(cheapestThreshold(answering, 5)).toBe(0.5)
  expect(cheapestThreshold(answering, 100)).toBe(1)
})

test('a threshold of the address', () => {
  expect(['0.8', '0', '1.2', 'x', '', null].map(thresholdOf)).toEqual([0.8, 0, null, null, null, null])
})

test('the chart begins where the first image is not answered', () => {
  expect(firstUseful(answering)).toBe(0)
})

test('a line that falls below the chart ends at its floor', () => {
  const points = [{ at: 0.5, value: 1 }, { at: 0.6, value: 0.4 }, { at: 0.8, value: 0 }]
  expect(downTo(0.2, points)).toEqual([points[0], points[1], { at: 0.7, value: 0.2 }])
  expect(downTo(0.4, points)).toEqual([points[0], points[1], { at: 0.6, value: 0.4 }])
  expect([downTo(0, points), downTo(1.1, points)]).toEqual([points, []])
})
