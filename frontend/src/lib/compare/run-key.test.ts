import { expect, test } from 'vitest'
import { hueOf, runKey } from './run-key'

test('A to Z, then two letters', () => {
  expect([0, 1, 25, 26, 27, 49].map(runKey)).toEqual(['A', 'B', 'Z', 'AA', 'AB', 'AX'])
})

test('the hues of the palette repeat', () => {
  expect([0, 1, 6, 7].map(hueOf)).toEqual([0, 1, 0, 1])
})
