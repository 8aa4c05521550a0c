import { expect, test } from 'vitest'
import { costs, roughly } from './plan'
import { advised, gainText } from './precision'
import type { SpecCheck } from './types'

test('what a run costs', () => {
  const answer = { memory_bytes: 150_159_776, seconds_per_epoch: 31.27 } as SpecCheck
  expect(costs(answer, 50)).toEqual({ memory: 'Memory about 150 MB.', epoch: '31 s', all: '26 min' })
  expect(costs({ ...answer, memory_bytes: null, seconds_per_epoch: null }, 50)).toEqual({ memory: '', epoch: '', all: '' })
})

test('an estimate has two digits', () => {
  expect([0.0123, 8.23, 98.4, 2280, 8640, 360000].map(roughly)).toEqual(['0.012 s', '8.2 s', '98 s', '38 min', '2.4 h', '100 h'])
})

const offers = [
  { name: 'float32', gain: 1, fast: true },
  { name: 'mixed_bfloat16', gain: 1.63, fast: true },
  { name: 'mixed_float16', gain: 0.7, fast: false },
] as const

test('a precision says what it buys', () => {
  expect(offers.map(gainText)).toEqual([
    'float32',
    'mixed_bfloat16: about 1.6 × as fast here',
    'mixed_float16: about 0.7 × as fast here, so slower',
  ])
  expect(gainText({ ...offers[2], gain: null })).toBe('mixed_float16: not timed here')
})

test('the fastest one is advised to whoever trains in float32', () => {
  expect(advised([...offers], 'float32')?.name).toBe('mixed_bfloat16')
  expect(advised([...offers], 'mixed_bfloat16')).toBeNull()
  expect(advised([offers[0], offers[2]], 'float32')).toBeNull()
})
