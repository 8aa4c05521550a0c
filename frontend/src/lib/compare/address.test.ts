import { expect, test } from 'vitest'
import { compareGroupsHref, filterText, refusalOf, requestOf, type Request } from './address'

const ask = (query: string): Request => requestOf(new URLSearchParams(query))
const many = (count: number): string => `runs=${Array.from({ length: count }, (_, at) => `run${at}`).join(',')}`

test('two to fifty runs can be compared', () => {
  expect(ask('runs=a,b&x=time')).toEqual({ kind: 'runs', ids: ['a', 'b'] })
  expect(refusalOf(ask('runs=a,b'))).toBeNull()
  expect(refusalOf(ask(many(50)))).toBeNull()
})

test('filters of the table select groups; choices of the page are no filters', () => {
  const request = ask('dataset=digits&where=epochs>=5&where=seed<3&by=seed')
  expect(request).toEqual({ kind: 'filters', filter: { dataset: 'digits', where: ['epochs>=5', 'seed<3'] } })
  expect(request.kind === 'filters' && filterText(request.filter)).toBe('dataset digits, epochs>=5, seed<3')
})

test.each([
  ['where=id!=3f2a&where=id!=77b0', 'all but 2 runs'],
  ['dataset=digits&where=id!=3f2a&where=seed<3', 'dataset digits, seed<3, all but 1 run'],
  ['where=id!%3Dnull', 'all runs'],
])('%s is written without ids: %s', (query, text) => {
  const request = ask(query)
  expect(request.kind === 'filters' && filterText(request.filter)).toBe(text)
})

test('chosen runs are compared in groups', () => {
  const request = requestOf(new URL(compareGroupsHref(['a', 'b'], ['batch_size', 'seed']), 'http://board').searchParams)
  expect(request).toEqual({ kind: 'filters', filter: { id: ['a', 'b'] } })
  expect(request.kind === 'filters' && filterText(request.filter)).toBe('2 runs chosen in the table')
})

test.each([
  ['', 'No runs to compare', null],
  ['runs=a', 'One run alone', null],
  ['runs=a,b,a', 'The same run twice', ['a', 'b']],
  ['runs=a,a', 'The same run twice', ['a']],
])('%j is refused: %s', (query, title, ids) => {
  const refusal = refusalOf(ask(query))
  expect(refusal?.title).toBe(title)
  expect(refusal?.repair?.ids ?? null).toEqual(ids)
})

test('of 51 runs the first 50 are offered', () => {
  const refusal = refusalOf(ask(many(51)))
  expect(refusal?.text).toContain('51 runs are named')
  expect(refusal?.repair?.ids).toHaveLength(50)
})
