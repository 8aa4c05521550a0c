import { expect, test } from 'vitest'
import { intervalNote, intervalText, wilson } from './interval'

test('the interval equals SciPy’s binomtest(k, n).proportion_ci(method="wilson")', () => {
  expect(wilson(5 / 8, 8)).toEqual([expect.closeTo(0.30574, 5), expect.closeTo(0.86316, 5)])
  expect(wilson(1, 20)).toEqual([expect.closeTo(0.83887, 4), 1])
})

test('an interval as text', () => {
  expect(intervalText(0.9045, 10_000)).toBe('89.9 to 91.0%')
  expect(intervalNote(0.9045, 10_000)).toBe('95% interval 89.9 to 91.0% on 10,000 images')
})

test('without a share or images there is no interval', () => {
  expect([intervalText(null, 10), intervalText(0.5, null), intervalText(0.5, 0), intervalNote(undefined, 10)]).toEqual(['', '', '', ''])
})
