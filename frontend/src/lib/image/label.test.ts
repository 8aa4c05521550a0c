import { expect, test } from 'vitest'
import { labelVerdict } from './label'

const suspect = (index: number, done: { do: string; class: string | null } | null = null) => ({ index, suggested: 'Dress', decision: done })

test('a suspect has its place in the list', () => {
  expect(labelVerdict({ items: [suspect(3), suspect(7)], total: 214 }, 7)).toEqual({
    head: 'Probably wrong',
    text: 'Number 2 of 214 suspects: it looks like Dress. Nobody has decided about it yet.',
    suggested: 'Dress',
  })
})

test('a decision is named', () => {
  expect(labelVerdict({ items: [suspect(3, { do: 'relabel', class: 'Dress' })], total: 1 }, 3).text).toContain('relabel it as Dress')
})

test('an image that is no suspect is described as right', () => {
  expect(labelVerdict({ items: [suspect(3)], total: 1 }, 8).text).toBe('It is not among the 1 suspects.')
  expect(labelVerdict({ items: [suspect(3)], total: 900 }, 8).text).toBe('It is not among the 1 most suspect labels of 900.')
})
