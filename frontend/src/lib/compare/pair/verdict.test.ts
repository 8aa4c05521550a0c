import { expect, test } from 'vitest'
import { chanceText, points, verdictTitle } from './verdict'
import type { Pair } from '../../api/types'

const pair = (only_first: number, only_second: number, better: Pair['better']): Pair => ({ only_first, only_second, better }) as Pair

test('the title names the better run, or says that there is none', () => {
  expect(verdictTitle(pair(131, 212, 'second'))).toBe('B is better')
  expect(verdictTitle(pair(212, 131, 'first'))).toBe('A is better')
  expect(verdictTitle(pair(20, 28, null))).toBe('No clear winner')
  expect(verdictTitle(pair(20, 20, null))).toBe('Equally good')
})

test.each([
  [0.000006, 'would come by chance 6 times in a million'],
  [0.001, 'once in a thousand'],
  [0.04, '4 times in a hundred'],
  [0.31, 'in 31% of such comparisons'],
  [1e-12, 'less than once in a billion times'],
])('p = %d: %s', (p_value, text) => {
  expect(chanceText(p_value)).toContain(text)
})

test('differences are written in points, with a sign', () => {
  expect([0.0108, -0.004, 0].map((value) => points(value))).toEqual(['+1.08 pt', '−0.40 pt', '0.00 pt'])
})
