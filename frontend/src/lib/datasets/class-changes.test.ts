import { describe, expect, it } from 'vitest'
import { newClasses, problemOf, requestOf, unchanged, type ClassRow, type Fate } from './class-changes'

const rows = (...changes: Partial<ClassRow>[]): ClassRow[] => unchanged(['boot', 'bag', 'coat']).map((row, at) => ({ ...row, ...changes[at] }))
const fates = (...all: Fate[]): ClassRow[] => rows(...all.map((fate) => ({ fate })))

describe('the request for a version', () => {
  it('has only what changes', () => {
    expect(requestOf(rows())).toEqual({})
    expect(requestOf(rows({ name: ' Boot ' }, { fate: 2 }))).toEqual({ rename: { boot: 'Boot' }, merge: { bag: 'coat' } })
    expect(requestOf(fates('leave_out'))).toEqual({ leave_out: ['boot'] })
  })

  it('does not rename a class that does not stay', () => {
    expect(requestOf(rows({ name: 'shoe', fate: 'leave_out' }))).toEqual({ leave_out: ['boot'] })
  })
})

describe('the classes of a version', () => {
  const counts = { train: [5, 6, 7], test: [1, 2, 3] }

  it('have the images of those that are merged into them', () => {
    expect(newClasses(fates('keep', 2), counts)).toEqual([
      { name: 'boot', counts: { train: 5, test: 1 } },
      { name: 'coat', counts: { train: 13, test: 5 } },
    ])
  })

  it('lack those that are left out', () => {
    expect(newClasses(fates('leave_out'), counts).map(({ name }) => name)).toEqual(['bag', 'coat'])
  })
})

describe('what has to be changed first', () => {
  it('is nothing for a rename, a merge and a class left out', () => {
    expect(problemOf(rows({ name: 'shoe' }))).toBeNull()
    expect(problemOf(fates(1))).toBeNull()
    expect(problemOf(fates('leave_out'))).toBeNull()
  })

  it.each([
    [rows(), 'Rename a class, merge it into another one, or leave it out.'],
    [rows({ name: ' ' }), 'Give boot a name.'],
    [rows({ name: 'bag' }), 'Two classes would be named bag. Merge them, or choose another name.'],
    [fates(1, 2), 'boot is merged into bag, which does not stay. Choose a class that stays.'],
    [fates('leave_out', 0), 'bag is merged into boot, which does not stay. Choose a class that stays.'],
    [fates('leave_out', 'leave_out'), 'At least two classes have to stay.'],
  ])('is described in a sentence', (changed, sentence) => {
    expect(problemOf(changed)).toBe(sentence)
  })
})
