import { expect, test } from 'vitest'
import cases from './pillow.json'
import { fromRgba } from './pixels'
import { toSquare, type Fit } from './square'

/** The formula of `tests/worker/exports/test_webapp_pixels.py`. */
function pattern(width: number, height: number): Uint8Array {
  const rgba = new Uint8Array(width * height * 4).fill(255)
  for (let index = 0; index < width * height * 3; index++) {
    rgba[Math.floor(index / 3) * 4 + (index % 3)] = (index * index * 7 + index * 13 + (index >> 5) * 91) % 256
  }
  return rgba
}

test.each(cases)('$width × $height, $color, to $side by $fit has the pixels of Pillow', ({ width, height, side, fit, color, expected }) => {
  const image = fromRgba(pattern(width, height), width, height, color === 'rgb' ? 3 : 1)

  const square = toSquare(image, side, fit as Fit)

  expect([...square.data]).toEqual([...atob(expected)].map((letter) => letter.charCodeAt(0)))
})
