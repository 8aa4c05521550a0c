import { expect, test } from 'vitest'
import { averaged, drafted } from './jpeg'
import { emptyPixels } from './pixels'

test('blocks are averaged, smaller ones at the edges', () => {
  const image = { width: 3, height: 3, channels: 1 as const, data: Uint8Array.of(0, 2, 10, 4, 6, 30, 100, 200, 255) }

  expect([...averaged(image, 2).data]).toEqual([3, 20, 150, 255])
})

test.each([
  [640, 427, 96, 320],
  [640, 427, 32, 160],
  [640, 380, 96, 640],
  [6400, 4270, 32, 800],
])('a JPEG of %i × %i for %i pixels is decoded with a width of %i', (width, height, side, decoded) => {
  expect(drafted(emptyPixels(width, height, 1), side).width).toBe(decoded)
})
