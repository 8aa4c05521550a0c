import { expect, test } from 'vitest'
import { ladderRequest } from './ladder-request'

test('the ladder takes all images unless a number is given', () => {
  expect(ladderRequest({ train_limit: '', epochs: '15', seeds: '0, 1' })).toEqual({ body: { kind: 'ladder', seeds: [0, 1], epochs: 15 }, errors: {} })
  expect(ladderRequest({ train_limit: '500', epochs: '2', seeds: '0' }).body.train_limit).toBe(500)
})

test('wrong fields say what to enter', () => {
  const { errors } = ladderRequest({ train_limit: 'few', epochs: '0', seeds: '1, 1' })
  expect(Object.keys(errors)).toEqual(['train_limit', 'epochs', 'seeds'])
})
