import { expect, test } from 'vitest'
import { imagesQuery } from './class-links'

test('images of a cell and of a row are chosen in the matrix of the epoch', () => {
  expect(imagesQuery({ epoch: 3, split: 'validation' }, { true: 'Shirt', predicted: 'T-shirt/top' })).toBe('?epoch=3&true=Shirt&predicted=T-shirt%2Ftop#mistakes')
  expect(imagesQuery({ epoch: 3, split: 'test' }, { true: '<b>&"' })).toBe('?split=test&true=%3Cb%3E%26%22#mistakes')
})
