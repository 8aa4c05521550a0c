import { expect, test, vi } from 'vitest'
import { askBeforeLeaving } from './leaving'

test('the browser asks until it is told to stop, once for each that asked', () => {
  const listeners = new Set<(event: Event) => void>()
  vi.stubGlobal('addEventListener', (_: string, listener: (event: Event) => void) => listeners.add(listener))
  vi.stubGlobal('removeEventListener', (_: string, listener: (event: Event) => void) => listeners.delete(listener))
  const [first, second] = [askBeforeLeaving(), askBeforeLeaving()]
  first()
  const event = { preventDefault: vi.fn() } as unknown as Event
  listeners.forEach((listener) => listener(event))
  expect(event.preventDefault).toHaveBeenCalledTimes(1)
  second()
  expect(listeners.size).toBe(0)
})
