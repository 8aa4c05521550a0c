import { expect, test } from 'vitest'
import { equal, estimate } from './estimate'
import type { Run, Spec } from './types'

const spec: Spec = {
  dataset: { name: 'digits' },
  model: { preset: 'strided_cnn', options: { filters: [32] } },
  batch_size: 32,
}
const run = (seconds: number, batch = 32) =>
  ({ spec: { ...spec, batch_size: batch }, metrics: { seconds } }) as unknown as Run

test('the median of runs with the same settings', () => {
  expect(estimate(spec, [run(1), run(9), run(2), run(50, 1)])).toEqual({ seconds: 2, runs: 3, same: true })
})

test('what counts is the whole run, not its last epoch', () => {
  const whole = { started_at: '2026-11-25T10:00:00Z', finished_at: '2026-11-25T10:00:30Z', epoch: 10 }

  expect(estimate(spec, [{ ...run(1), ...whole }])?.seconds).toBe(3)
})

test('runs with other settings are better than nothing', () => {
  expect(estimate(spec, [run(4, 64)])).toEqual({ seconds: 4, runs: 1, same: false })
  expect(estimate(spec, [])).toBeNull()
})

test('equal is equal whatever the order of keys', () => {
  expect(equal({ a: 1, b: [{ c: 2, d: 3 }] }, { b: [{ d: 3, c: 2 }], a: 1 })).toBe(true)
  expect(equal([1, 2], [2, 1])).toBe(false)
})
