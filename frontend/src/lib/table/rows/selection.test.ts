import { expect, test } from 'vitest'
import { comparisonHref, Selection } from './selection.svelte'

const filters = new URLSearchParams('q=wide&status=failed&where=seed%3D1')

test('runs are selected by id, or all that match', () => {
  const selection = new Selection()
  selection.toggle(['a', 'b'])
  selection.toggle(['b', 'c'])
  selection.toggle(['a'])

  expect(selection.target(filters)).toEqual({ ids: ['b', 'c'] })
  selection.everything()
  expect([selection.count(40), selection.has('x')]).toEqual([40, true])
  expect(selection.target(filters)).toEqual({ query: { q: 'wide', status: ['failed'], where: ['seed=1'] } })
})

test('2 to 50 runs are compared by id, all that match as a group', () => {
  const selection = new Selection()
  selection.set(['a'])
  expect(comparisonHref(selection, 99, filters)).toBeNull()
  selection.set(['a', 'b'])
  expect(comparisonHref(selection, 99, filters)).toBe('/compare?runs=a,b')
  selection.set(Array.from({ length: 51 }, (_, at) => `r${at}`))
  expect(comparisonHref(selection, 99, filters)).toBeNull()
  selection.everything()
  expect(comparisonHref(selection, 99, filters)).toBe('/compare?q=wide&status=failed&where=seed%3D1')
  expect(comparisonHref(selection, 99, new URLSearchParams())).toBe('/compare?where=id!%3Dnull')
})
