import { expect, test } from 'vitest'
import { countAt, dense, predictedOf, supportsOf } from './nonzero-matrix'

const matrix = { classes: ['Shirt', 'Coat', 'Bag'], rows: [0, 0, 1, 2], columns: [0, 1, 1, 0], values: [8, 2, 9, 1] }

test('cells that are not listed are 0', () => {
  expect(dense(matrix)).toEqual([
    [8, 2, 0],
    [0, 9, 0],
    [1, 0, 0],
  ])
  expect([countAt(matrix, 0, 1), countAt(matrix, 1, 0)]).toEqual([2, 0])
})

test('rows are true classes, columns predicted ones', () => {
  expect(supportsOf(matrix)).toEqual([10, 9, 1])
  expect(predictedOf(matrix)).toEqual([9, 11, 0])
})
