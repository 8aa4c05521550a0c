import { expect, test } from 'vitest'
import { comparisonHref, Selection } from './selection.svelte'

const NO_GROUPS = { by: [], count: 0 }
const filters = new URLSearchParams('q=wide&status=failed&where=seed%3D1')

test('runs are selected by id, or all that match', () => {
  const selection = new Selection()
  selection.toggle(['a', 'b'])
  selection.toggle(['b', 'c'])
  selection.toggle(['a'])

  expect(selection.target(filters)).toEqual({ ids: ['b', 'c'] })
  selection.everything()
  expect([selection.count(40), selection.has('x')]).toEqual([40, true])
  expect(selection.target(filters)).toEqual({ query: { q: 'wide', status: ['failed'], where: ['seed=1'] }, without: [] })
})

test('runs are taken away from all that match, and added again', () => {
  const selection = new Selection()
  selection.everything()
  selection.choose('a', null)
  selection.choose('c', ['a', 'b', 'c'])
  selection.toggle(['c', 'd'])
  selection.toggle(['b'])
  expect([selection.count(40), selection.has('a'), selection.has('b'), selection.has('x'), selection.isAll]).toEqual([39, false, true, true, false])
  expect(selection.target(filters, selection.count(40))).toEqual({ query: { q: 'wide', status: ['failed'], where: ['seed=1'] }, without: ['a'], expected: 39 })

  selection.everything()
  expect([selection.count(40), selection.isAll]).toEqual([40, true])
})

test('a group whose runs are read is not selected once the selection was cleared', async () => {
  const selection = new Selection()
  await selection.toggleRead(Promise.resolve(['a']))
  const reading = selection.toggleRead(Promise.resolve(['b', 'c']))
  selection.clear()
  selection.choose('d', null)
  await reading
  expect(Object.keys(selection.ids)).toEqual(['d'])
})

test('an address leaves out as many runs as it may have conditions', () => {
  const selection = new Selection()
  selection.everything()
  selection.toggle(['a', 'b'])
  expect(selection.addressed(filters)?.toString()).toBe('q=wide&status=failed&where=seed%3D1&where=id%21%3Da&where=id%21%3Db')
  expect(comparisonHref(selection, 99, new URLSearchParams(), NO_GROUPS)).toBe('/compare?where=id%21%3Da&where=id%21%3Db')

  selection.everything()
  selection.toggle(Array.from({ length: 50 }, (_, at) => `r${at}`))
  expect(selection.addressed(filters)).toBeNull()
  expect(comparisonHref(selection, 99, filters, NO_GROUPS)).toBeNull()
})

test('a range goes from the run that was chosen last, up or down, and takes away what begins selected', () => {
  const runs = ['a', 'b', 'c', 'd', 'e']
  const selection = new Selection()
  selection.choose('d', null)
  selection.choose('b', runs)
  expect(Object.keys(selection.ids).sort()).toEqual(['b', 'c', 'd'])

  selection.choose('c', runs)
  expect(Object.keys(selection.ids)).toEqual(['d'])

  selection.choose('e', ['d', 'e'])
  expect(Object.keys(selection.ids)).toEqual(['d', 'e'])
})

test('2 to 50 runs are compared by id, all that match as a group', () => {
  const selection = new Selection()
  selection.set(['a'])
  expect(comparisonHref(selection, 99, filters, NO_GROUPS)).toBeNull()
  selection.set(['a', 'b'])
  expect(comparisonHref(selection, 99, filters, NO_GROUPS)).toBe('/compare?runs=a,b')
  selection.set(Array.from({ length: 51 }, (_, at) => `r${at}`))
  expect(comparisonHref(selection, 99, filters, NO_GROUPS)).toBeNull()
  selection.everything()
  expect(comparisonHref(selection, 99, filters, NO_GROUPS)).toBe('/compare?q=wide&status=failed&where=seed%3D1')
  expect(comparisonHref(selection, 99, new URLSearchParams(), NO_GROUPS)).toBe('/compare?where=id!%3Dnull')
})

test('runs of several groups are compared in these groups', () => {
  const selection = new Selection()
  selection.set(['a', 'b', 'c'])
  expect(comparisonHref(selection, 99, filters, { by: ['batch_size'], count: 2 })).toBe('/compare?id=a&id=b&id=c&by=batch_size')
  expect(comparisonHref(selection, 99, filters, { by: ['batch_size'], count: 1 })).toBe('/compare?runs=a,b,c')
  selection.everything()
  expect(comparisonHref(selection, 99, filters, { by: ['batch_size'], count: 2 })).toBe('/compare?q=wide&status=failed&where=seed%3D1&by=batch_size')
})
