import { expect, test } from 'vitest'
import { parseTags } from './tags'

test('tags are separated by commas, without repeats', () => {
  expect(parseTags(' lr, wide ,, lr')).toEqual(['lr', 'wide'])
})
