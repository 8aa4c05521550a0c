import { expect, test } from 'vitest'
import { Problem, said, unreachable } from './problem'

test('a problem speaks in its detail, its title, or its number', () => {
  expect(said(new Problem(404, { title: 'Not found', detail: 'There is no run x.' }))).toBe('There is no run x.')
  expect(said(new Problem(409, { title: 'Not in this state' }))).toBe('Not in this state.')
  expect(said(new Problem(502, {}))).toBe('The board answered 502 and did not say why.')
  expect(unreachable().status).toBe(0)
  expect(said('odd')).toBe('odd')
})

test('field errors come along', () => {
  const errors = [{ loc: ['spec', 'epochs'], msg: 'at least 1' }]
  expect(new Problem(422, { title: 'Not valid', errors }).errors).toEqual(errors)
})
