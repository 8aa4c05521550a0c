import { expect, test } from 'vitest'
import { durationText, estimateCost, lengthOf, roughDuration, roughRange, type Length } from './cost-estimate'
import { expectedPrecision, gainText, recommendedPrecision } from '../precision'
import type { SpecCheck } from '../../api/types'

const of = (epochs: number): Length => ({ epochs, mayEndEarly: false })

test('memory and time of a run', () => {
  const answer = { memory_bytes: 150_159_776, seconds_per_epoch: 31.27, seconds_per_epoch_range: null, start_seconds: 0, feature_seconds: 0, feature_seconds_range: null } as SpecCheck
  const measured = { memory: 'About 150 MB of memory.', epoch: 'about 31 s', total: 'about 26 min', isMeasured: true }
  expect(estimateCost(answer, of(50))).toEqual(measured)
  const unknown = { memory: '', epoch: '', total: '', isMeasured: false }
  expect(estimateCost({ ...answer, memory_bytes: null, seconds_per_epoch: null }, of(50))).toEqual(unknown)
})

test('a time that was not measured here is a range', () => {
  const answer = { seconds_per_epoch: 0.3, seconds_per_epoch_range: [0.2, 0.5], start_seconds: 0, feature_seconds: 0, feature_seconds_range: null } as unknown as SpecCheck
  expect(durationText(answer, of(40))).toBe('8 to 20 s')
  expect(roughRange(50, 126)).toBe('50 s to 2.1 min')
})

test('early stopping makes an estimate the most that a run takes', () => {
  const answer = { seconds_per_epoch: 2, seconds_per_epoch_range: [1.5, 2.5], start_seconds: 5, feature_seconds: 0, feature_seconds_range: null } as unknown as SpecCheck
  const length = lengthOf({ epochs: 40, callbacks: { early_stopping: { patience: 4 } } })
  expect(durationText(answer, length)).toBe('up to 1.8 min')
  expect(lengthOf({ epochs: 40, callbacks: { early_stopping: null } })).toEqual(of(40))
})

test('the features of a backbone take time once, before the epochs', () => {
  const answer = { seconds_per_epoch: 0.1, seconds_per_epoch_range: null, start_seconds: 0, feature_seconds: 11, feature_seconds_range: null } as SpecCheck
  expect(durationText(answer, of(30))).toBe('about 14 s')
  expect(durationText({ ...answer, feature_seconds_range: [7, 17] }, of(30))).toBe('10 to 20 s')
  expect(estimateCost(answer, of(30))).toMatchObject({ epoch: 'about 0.1 s', total: 'about 14 s' })
  expect(durationText({ ...answer, start_seconds: 2 }, of(30))).toBe('about 16 s')
  expect(durationText({ ...answer, feature_seconds: null }, of(30))).toBe('')
})

test('an estimate has two significant digits', () => {
  expect([0.0123, 8.23, 98.4, 2280, 8640, 360000].map(roughDuration)).toEqual(['0.012 s', '8.2 s', '98 s', '38 min', '2.4 h', '100 h'])
})

const offers = [
  { name: 'float32', gain: 1, fast: true },
  { name: 'mixed_bfloat16', gain: 1.63, fast: true },
  { name: 'mixed_float16', gain: 0.7, fast: false },
] as const

test('a precision is described by its speed', () => {
  expect(offers.map(gainText)).toEqual([
    'float32',
    'mixed_bfloat16: about 1.6× faster',
    'mixed_float16: about 1.4× slower',
  ])
  expect(gainText({ ...offers[2], gain: null })).toBe('mixed_float16: not measured yet')
})

test('what auto will become is written where it is not float32', () => {
  expect(expectedPrecision({ precision: 'mixed_bfloat16' }, 'auto')).toBe('mixed_bfloat16')
  expect(expectedPrecision({ precision: 'float32' }, 'auto')).toBeNull()
  expect(expectedPrecision({ precision: 'mixed_bfloat16' }, 'mixed_bfloat16')).toBeNull()
  expect(gainText({ name: 'auto', gain: null, fast: true })).toBe('auto: the worker decides')
})

test('the fastest precision is recommended when float32 is chosen', () => {
  expect(recommendedPrecision([...offers], 'float32')?.name).toBe('mixed_bfloat16')
  expect(recommendedPrecision([...offers], 'mixed_bfloat16')).toBeNull()
  expect(recommendedPrecision([offers[0], offers[2]], 'float32')).toBeNull()
})
