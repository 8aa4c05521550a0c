import { expect, test } from 'vitest'
import { bandText, changesText, isUnchanged, sliders, UNCHANGED } from './what-if'

const [rotate, , blur] = sliders([28, 28, 1])
const bands = [
  { low: -30, high: -21, class: 'Shirt' },
  { low: -21, high: 12, class: 'Dress' },
  { low: 12, high: 30, class: 'Shirt' },
]

test('the band says how far the answer stays', () => {
  expect(bandText(bands, 0, rotate!)).toBe('Dress from −21° to 12°')
  expect(bandText(bands, -25, rotate!)).toBe('Shirt up to −21°')
  expect(bandText(bands, 30, rotate!)).toBe('Shirt from 12°')
  expect(bandText([{ low: -30, high: 30, class: 'Bag' }], 3, rotate!)).toBe('Bag throughout')
})

test('blur goes as far as the size of the image allows', () => {
  expect(blur!.high).toBe(3.1)
  expect(sliders([1, 1, 3])[2]!.high).toBe(1)
})

test('changes are described together', () => {
  const all = sliders([28, 28, 1])

  expect(changesText({ ...UNCHANGED, rotate: 12, blur: 0.8 }, all)).toBe('turned 12°, blur 0.8 px')
  expect(isUnchanged(UNCHANGED)).toBe(true)
  expect(isUnchanged({ ...UNCHANGED, crop: 0.1 })).toBe(false)
})
