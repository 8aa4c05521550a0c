import { expect, test } from 'vitest'
import { expectation, fitsBackbone, oneMistake } from './expectation'

test('what few images a class bring is given with figures that were measured', () => {
  expect(expectation(500, 10)).toMatch(/^About 50 training images a class are few: on 50 of each class of CIFAR-10, .* 66% .* 39%\./)
})

test('figures that were measured on larger images are not given for images of 8 × 8 pixels', () => {
  expect(expectation(1437, 10, [8, 8, 1])).toBe('About 144 training images a class are few. Classes that look unlike each other are learnt better, similar ones worse.')
  expect([fitsBackbone([8, 8, 1]), fitsBackbone([32, 32, 3]), fitsBackbone(null)]).toEqual([false, true, true])
})

test('next to no images bring a first impression, many need no word', () => {
  expect(expectation(12, 4)).toMatch(/^About 3 training images a class: expect a first impression/)
  expect(expectation(1, 2)).toMatch(/^About 1 training image a class/)
  expect(expectation(60_000, 10)).toBe('')
})

test('the smallest step of the accuracy is given', () => {
  expect(oneMistake(14)).toBe('Tested on 14 images: one mistake is 7.1 points of accuracy.')
})
