import { expect, test } from 'vitest'
import { comparisonReason, TOO_MANY_LEFT_OUT } from './selection-reasons'
import { Selection } from './selection.svelte'

const ids = (count: number): string[] => Array.from({ length: count }, (_, at) => `r${at}`)

test('the reason why nothing is compared is that of the selection', () => {
  const selection = new Selection()
  selection.set(ids(1))
  expect(comparisonReason(selection, 90)).toBe('Select at least two runs.')
  selection.set(ids(51))
  expect(comparisonReason(selection, 90)).toContain('chosen one by one')
  selection.everything()
  selection.toggle(ids(51))
  expect(comparisonReason(selection, 90)).toBe(TOO_MANY_LEFT_OUT)
})
