import { expect, test } from 'vitest'
import * as m from './confusion-matrix'

const matrix = [
  [8, 2, 0],
  [1, 9, 0],
  [0, 0, 0],
]

test('recall, precision and accuracy', () => {
  expect(m.recalls(matrix)).toEqual([0.8, 0.9, null])
  expect(m.precisions(matrix)).toEqual([8 / 9, 9 / 11, null])
  expect(m.accuracy(matrix)).toBe(0.85)
  expect(m.columnTotals(matrix)).toEqual([9, 11, 0])
})

test('shares of rows and of columns', () => {
  expect(m.normalize(matrix, 'none')).toBe(matrix)
  expect(m.normalize(matrix, 'true')[0]).toEqual([0.8, 0.2, 0])
  expect(m.normalize(matrix, 'pred')[0]).toEqual([8 / 9, 2 / 11, 0])
})

test('correct and wrong predictions have separate color scales', () => {
  const strengths = m.strengths(matrix)
  expect(strengths[1]![1]).toBeCloseTo(0.52)
  expect(strengths[0]![1]).toBeCloseTo(0.9)
  expect(strengths[1]![0]).toBeGreaterThan(0.5)
  expect(strengths[2]![2]).toBe(0)
})

test('text has enough contrast on every shade', () => {
  const grounds: [m.Rgb, m.Rgb][] = [
    [
      [206, 84, 0],
      [255, 255, 255],
    ],
    [
      [255, 140, 66],
      [28, 32, 37],
    ],
    [
      [0, 114, 178],
      [255, 255, 255],
    ],
  ]
  for (const [hue, ground] of grounds) {
    for (let strength = 0; strength <= 1; strength += 0.02) {
      const shade = m.mix(hue, ground, strength)
      const text: m.Rgb = m.ink(shade) === 'black' ? [0, 0, 0] : [255, 255, 255]
      expect(m.contrast(text, shade)).toBeGreaterThanOrEqual(4.5)
    }
  }
})

test('a color token has three channels', () => {
  expect(m.rgb(' 206 84 0')).toEqual([206, 84, 0])
})
