import { expect, test } from 'vitest'
import { curl } from './curl'

test('a command that a shell takes as it is', () => {
  const command = curl('http://127.0.0.1:8000', '/api/runs', { recipe: 'digits-quick', name: "it's mine" })
  expect(command).toContain('curl -X POST http://127.0.0.1:8000/api/runs')
  expect(command).toContain("it'\\''s mine")
})
