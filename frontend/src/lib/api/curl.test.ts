import { expect, test } from 'vitest'
import { curl } from './curl'

test('the command is quoted for a shell', () => {
  const command = curl('http://127.0.0.1:8000', '/api/runs', { recipe: 'digits-quick', name: "it's mine" })
  expect(command).toContain('curl -X POST http://127.0.0.1:8000/api/runs')
  expect(command).toContain("it'\\''s mine")
})
