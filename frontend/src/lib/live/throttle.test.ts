import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { throttle } from './throttle'

const DRAWING_MS = 300

let now: number
let drawn: number[]
beforeEach(() => {
  vi.useFakeTimers()
  vi.spyOn(performance, 'now').mockImplementation(() => now)
  now = 0
  drawn = []
})
afterEach(() => {
  vi.restoreAllMocks()
  vi.useRealTimers()
})

/** As a page that needs long to draw. */
function show(item: number): void {
  drawn.push(item)
  now += DRAWING_MS
}

test('the first item is handled at once', () => {
  throttle(show)(1)
  expect(drawn).toEqual([1])
})

test('a pause as long as the drawing follows, then all pending items are handled in order', () => {
  const receive = throttle(show)
  for (const item of [1, 2, 3, 4]) receive(item)
  vi.advanceTimersByTime(DRAWING_MS - 1)
  expect(drawn).toEqual([1])
  vi.advanceTimersByTime(1)
  expect(drawn).toEqual([1, 2, 3, 4])
})

test('after a pause the next item is handled at once', () => {
  const receive = throttle(show)
  receive(1)
  vi.advanceTimersByTime(10 * DRAWING_MS)
  receive(2)
  expect(drawn).toEqual([1, 2])
})

test('a delayed timer does not lengthen the pause', () => {
  const receive = throttle(show)
  receive(1)
  now += 3_600_000
  receive(2)
  vi.advanceTimersByTime(1_000)
  expect(drawn).toEqual([1, 2])
})

test('an exception is reported and does not stop other items', () => {
  const receive = throttle((item: number) => {
    if (item === 2) throw new Error('one bad event')
    show(item)
  })
  for (const item of [1, 2, 3]) receive(item)
  expect(() => vi.advanceTimersByTime(2 * DRAWING_MS)).toThrow('one bad event')
  expect(drawn).toEqual([1, 3])
})
