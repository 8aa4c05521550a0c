import { expect, test } from 'vitest'
import { csv } from './csv'

test('numbers are written as they are, and null is empty', () => {
  expect(csv([['epoch', 'loss'], [1, -0.5], [2, null]])).toBe('epoch,loss\r\n1,-0.5\r\n2,\r\n')
})

test('text that a spreadsheet would run as a formula stays text', () => {
  expect(csv([['=1+1', 'a, "b"']])).toBe('"\'=1+1","a, ""b"""\r\n')
})
