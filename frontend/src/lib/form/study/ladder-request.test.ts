import { expect, test } from 'vitest'
import { ladderRequest } from './ladder-request'

const text = { recipe: 'cifar-strided', train_limit: '', epochs: '', seeds: '0, 1' }

test('the ladder takes the images and epochs of its recipe unless numbers are given', () => {
  expect(ladderRequest(text)).toEqual({ body: { kind: 'ladder', recipe: 'cifar-strided', seeds: [0, 1] }, errors: {} })
  expect(ladderRequest({ ...text, train_limit: '500', epochs: '2' }).body).toMatchObject({ train_limit: 500, epochs: 2 })
})

test('wrong fields say what to enter', () => {
  const { errors } = ladderRequest({ ...text, train_limit: 'few', epochs: '0', seeds: '1, 1' })
  expect(Object.keys(errors)).toEqual(['train_limit', 'epochs', 'seeds'])
})
