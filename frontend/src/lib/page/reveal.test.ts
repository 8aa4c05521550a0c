import { expect, test } from 'vitest'
import { revealCurrent } from './reveal'

const line = (current: object | null): HTMLElement => ({ querySelector: () => current, offsetLeft: 16, clientWidth: 300, scrollLeft: 0 }) as unknown as HTMLElement

test('the current link begins at a third of the line, and without one nothing moves', () => {
  const [moved, still] = [line({ offsetLeft: 416 }), line(null)]
  ;[moved, still].forEach(revealCurrent)
  expect([moved.scrollLeft, still.scrollLeft]).toEqual([300, 0])
})
