import { expect, test } from 'vitest'
import { rangeCurve } from './range-curve'

const result = { learning_rates: [0.0001, 0.001, 0.01, 0.1], losses: [2, 1, 0.5, 9], suggestion: 0.001, text: '' }

test('rates are drawn on a logarithmic axis, and the suggestion on the curve', () => {
  const { path, ticks, suggestion } = rangeCurve(result, 306, 112)
  expect(path).toMatch(/^M6\.0 .*L104\.0 .*L202\.0 .*L300\.0 /)
  expect(ticks.map(({ rate }) => rate)).toEqual([0.0001, 0.001, 0.01, 0.1])
  expect(suggestion!.x).toBeCloseTo(104)
})

test('a loss that diverges is cut at the top', () => {
  expect(rangeCurve(result, 306, 112).path).toMatch(/L300\.0 6\.0$/)
})

test('without a suggestion none is marked, and one step draws nothing', () => {
  expect(rangeCurve({ ...result, suggestion: null }, 306, 112).suggestion).toBeNull()
  expect(rangeCurve({ learning_rates: [1], losses: [2], suggestion: null, text: '' }, 306, 112).path).toBe('')
})
