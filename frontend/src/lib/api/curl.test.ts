import { expect, test } from 'vitest'
import { curl, curlFile } from './curl'

test('the command is quoted for a shell', () => {
  const command = curl('http://127.0.0.1:8000', '/api/runs', { recipe: 'digits-quick', name: "it's mine" })
  expect(command).toContain('curl -X POST http://127.0.0.1:8000/api/runs')
  expect(command).toContain("it'\\''s mine")
})

test('a zip is sent by its name, whatever the name is', () => {
  expect(curlFile('http://a', '/api/datasets?name=b', "it's; rm.zip")).toBe(
    "curl -X POST 'http://a/api/datasets?name=b' \\\n  -H 'Content-Type: application/zip' \\\n  --data-binary '@it'\\''s; rm.zip'",
  )
})
