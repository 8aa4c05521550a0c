import { expect, test } from 'vitest'
import { advisesBackbone, expectation, oneMistake } from './expectation'

test('what few images a class bring is given with figures that were measured', () => {
  expect(expectation(500, 10, {})).toMatch(/^About 50 training images a class: on 50 of each class of CIFAR-10, .* 66% .* 39%\./)
})

test('images of 8 × 8 pixels are compared with what was measured on such, and no backbone is advised', () => {
  expect(expectation(1437, 10, { shape: [8, 8, 1] })).toBe(
    'About 144 training images a class: on 144 of each digit of 8 × 8 pixels, a small network got 96 to 97% of 359 other images right. Classes that look unlike each other are learnt better, similar ones worse.',
  )
  expect([[8, 8, 1], [32, 32, 3], null].map((shape) => advisesBackbone({ shape }))).toEqual([false, true, true])
})

test('what a run on that dataset reached comes before any other figure, and a good one needs no backbone', () => {
  expect(expectation(1437, 10, { shape: [8, 8, 1], reached: 0.9666 })).toBe('About 144 training images a class. The best run on them so far got 96.7% of its validation images right.')
  expect(expectation(12, 4, { reached: 0.91 })).toBe('About 3 training images a class. The best run on them so far got 91.0% of its validation images right.')
  expect(expectation(500, 10, { shape: [32, 32, 3], reached: 0.4 })).toMatch(/got 40\.0% of its validation images right\. On 50 of each class of CIFAR-10/)
  expect([0.4, 0.9].map((reached) => advisesBackbone({ shape: [64, 64, 3], reached }))).toEqual([true, false])
})

test('next to no images bring a first impression, many need no word', () => {
  expect(expectation(12, 4, {})).toMatch(/^About 3 training images a class: expect a first impression/)
  expect(expectation(1, 2, {})).toMatch(/^About 1 training image a class/)
  expect(expectation(60_000, 10, { reached: 0.9 })).toBe('')
})

test('the smallest step of the accuracy is given', () => {
  expect(oneMistake(14)).toBe('Tested on 14 images: one mistake is 7.1 points of accuracy.')
})
