import { expect, test } from 'vitest'
import { Problem, errorMessage, unreachable } from './problem'

test('the message is the detail, else the title, else the status', () => {
  expect(errorMessage(new Problem(404, { title: 'Not found', detail: 'There is no run x.' }))).toBe('There is no run x.')
  expect(errorMessage(new Problem(409, { title: 'Conflict' }))).toBe('Conflict.')
  expect(errorMessage(new Problem(502, {}))).toBe('The server responded with status 502 and no explanation.')
  expect(unreachable().status).toBe(0)
  expect(errorMessage('odd')).toBe('odd')
})

test('field errors are kept', () => {
  const errors = [{ loc: ['spec', 'epochs'], msg: 'at least 1' }]
  expect(new Problem(422, { title: 'Not valid', errors }).errors).toEqual(errors)
})
