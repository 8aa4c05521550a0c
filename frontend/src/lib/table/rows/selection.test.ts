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
  expect(selection.target(filters)).toEqual({ query: { q: 'wide', status: ['failed'], where: ['seed=1'] } })
})

test('a run is taken away from all that match, unless other filters have cleared the selection meanwhile', async () => {
  const selection = new Selection()
  selection.everything()
  const isCleared = selection.spellOut(async () => {
    selection.clear()
    return ['a', 'b']
  })
  expect([await isCleared, selection.count(40)]).toEqual([false, 0])

  selection.everything()
  expect(await selection.spellOut(async () => ['a', 'b'])).toBe(true)
  expect(selection.target(filters)).toEqual({ ids: ['a', 'b'] })
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
