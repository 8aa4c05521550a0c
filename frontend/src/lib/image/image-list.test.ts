import { expect, test } from 'vitest'
import { beside, listQuery, listTitle, sampleQuery } from './image-list'

const params = (query: string): URLSearchParams => new URLSearchParams(query)

test('the query of a list becomes that of an image, and leads back to the list', () => {
  const query = { kind: 'misclassified', epoch: '6', order: 'random', seed: 3, true: 'Shirt', predicted: 'T-shirt/top' } as const

  expect(sampleQuery(params(listQuery({ ...query, split: 'validation', limit: 12 })))).toEqual(query)
})

test('without a query the list has the mistakes of the best epoch, the most confident first', () => {
  expect(sampleQuery(params(''))).toEqual({ kind: 'misclassified', epoch: 'best', order: 'confidence' })
})

test('junk in an address is replaced', () => {
  expect(sampleQuery(params('kind=toString&order=up&seed=x'))).toEqual({ kind: 'misclassified', epoch: 'best', order: 'confidence' })
})

test('an image has neighbours in its list', () => {
  const image = (index: number) => ({ index, image: '', true: 'a', taken: 'b' })
  const page = { items: [image(4), image(9), image(2)], offset: 10, total: 30 }

  expect(beside(page, 9)).toEqual({ position: 12, previous: image(4), next: image(2) })
  expect(beside(page, 2)).toEqual({ position: 13, previous: image(9), next: null })
  expect(beside(page, 7)).toEqual({ position: null, previous: null, next: image(4) })
})

test('a list is named by its kind', () => {
  expect(listTitle(params(''), 955)).toBe('955 mistakes')
  expect(listTitle(params('kind=all'), 1)).toBe('1 image')
})
