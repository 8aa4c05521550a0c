import { expect, test } from 'vitest'
import { groupsOf, treePath } from './class-tree'

/** Classes 0 and 2 are confused most, 1 joins them at the root. Places: 1, 0, 2 from the top. */
const merges = [
  { left: 0, right: 2, height: 0.25 },
  { left: 1, right: 3, height: 1 },
]
const places = [1, 0, 2]

test('a merge joins its clusters at its height', () => {
  expect(treePath(merges, places)).toBe('M0 1.5H0.25V2.5H0M0 0.5H1V2H0.25')
})

test('groups are the largest clusters of classes that are confused', () => {
  expect(groupsOf(merges, places)).toEqual([{ start: 1, end: 3 }])
  expect(groupsOf([{ left: 0, right: 1, height: 0.3 }, { left: 2, right: 3, height: 0.5 }], [0, 1, 2])).toEqual([{ start: 0, end: 3 }])
})

test('classes that are never confused make no group', () => {
  expect(groupsOf([{ left: 0, right: 1, height: 1 }], [0, 1])).toEqual([])
})
