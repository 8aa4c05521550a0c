import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { paced } from './paced'

const DRAWING_MS = 300

let now: number
let shown: number[]
beforeEach(() => {
  vi.useFakeTimers()
  vi.spyOn(performance, 'now').mockImplementation(() => now)
  now = 0
  shown = []
})
afterEach(() => {
  vi.restoreAllMocks()
  vi.useRealTimers()
})

/** As a page that needs long to draw. */
function show(item: number): void {
  shown.push(item)
  now += DRAWING_MS
}

test('the first item is shown at once', () => {
  paced(show)(1)
  expect(shown).toEqual([1])
})

test('a rest follows that is as long as the drawing, and then all that came is shown in order', () => {
  const tell = paced(show)
  for (const item of [1, 2, 3, 4]) tell(item)
  vi.advanceTimersByTime(DRAWING_MS - 1)
  expect(shown).toEqual([1])
  vi.advanceTimersByTime(1)
  expect(shown).toEqual([1, 2, 3, 4])
})

test('after a pause the next item is shown at once again', () => {
  const tell = paced(show)
  tell(1)
  vi.advanceTimersByTime(10 * DRAWING_MS)
  tell(2)
  expect(shown).toEqual([1, 2])
})

test('a timer that the browser kept waiting makes no longer rest', () => {
  const tell = paced(show)
  tell(1)
  now += 3_600_000
  tell(2)
  vi.advanceTimersByTime(1_000)
  expect(shown).toEqual([1, 2])
})

test('an item that raises is told, and silences none of those that come with it', () => {
  const tell = paced((item: number) => {
    if (item === 2) throw new Error('one bad event')
    show(item)
  })
  for (const item of [1, 2, 3]) tell(item)
  expect(() => vi.advanceTimersByTime(2 * DRAWING_MS)).toThrow('one bad event')
  expect(shown).toEqual([1, 3])
})
