import { expect, test } from 'vitest'
import type { Robustness } from '../api/evaluations'
import { robustnessCsv, shade, weakest, widest } from './robustness'

const strength = (number: number, value: number, accuracy: number) => ({ strength: number, value, accuracy, right: accuracy * 100, interval: [accuracy, accuracy] as [number, number], image: '' })
const result: Robustness = {
  epoch: 3, is_current: true, images: 100, of: 100, seconds: 2,
  clean: { right: 90, accuracy: 0.9, interval: [0.83, 0.94] }, clean_image: '',
  disturbances: [
    { name: 'blur', title: 'Blur', measure: 'σ in % of the side', mean: 0.88, strengths: [1, 2, 3, 4, 5].map((number) => strength(number, number, 0.88)) },
    { name: 'rotation', title: 'Rotation', measure: 'degrees to either side', mean: 0.6, strengths: [1, 2, 3, 4, 5].map((number) => strength(number, 5 * number, 0.95 - number / 10)) },
  ],
}

test('the sentence names the disturbance with the lowest mean at its middle strength', () => {
  expect(weakest(result)).toBe('Weakest against rotation: 15 degrees cost 25.0 points.')
})

test('the widest interval is given once for all values', () => {
  expect(widest(result)).toBe('±5.5')
})

test('a cell is shaded by what it costs', () => {
  expect(shade(result.disturbances[1]!.strengths[2]!, result)).toBeCloseTo(0.5)
  expect(shade(strength(1, 1, 0.95), result)).toBe(0)
})

test('the CSV has a line for each strength, after the head and the clean images', () => {
  const lines = robustnessCsv(result).trimEnd().split('\r\n')
  expect(lines).toHaveLength(12)
  expect(lines[1]).toBe('clean,,0,,90,100,0.9,0.83,0.94')
})
