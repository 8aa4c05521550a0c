import { expect, test, vi } from 'vitest'

/** What the board answers next, and what it was asked last. */
let board: () => Promise<Response>
let asked: Request
vi.stubGlobal('location', { origin: 'http://board.test' })
vi.stubGlobal('fetch', (request: Request) => {
  asked = request
  return board()
})
const api = await import('./api')

function answers(status: number, body: unknown): void {
  const headers = { 'Content-Type': 'application/problem+json' }
  board = () => Promise.resolve(new Response(JSON.stringify(body), { status, headers }))
}

test('a list is asked for with its filters, a status by itself each', async () => {
  answers(200, { items: [{ id: 'a', spec: {} }], total: 1 })
  const page = await api.findRuns({ status: ['queued', 'running'], q: 'a b', limit: 5 })
  expect(asked.url).toBe('http://board.test/api/runs?status=queued&status=running&q=a%20b&limit=5')
  expect(page).toMatchObject({ items: [{ id: 'a' }], total: 1, next_cursor: null })
  expect(page.items[0]!.received).toBeGreaterThan(0)
})

test('a launch carries a key, so that it can be repeated', async () => {
  answers(201, { id: 'a', spec: {} })
  await api.createRun({ recipe: 'digits-quick' })
  expect(asked.headers.get('Idempotency-Key')).toMatch(/^[0-9a-f-]{36}$/)
  expect(await asked.json()).toEqual({ recipe: 'digits-quick' })
})

test('a problem document is thrown with its sentence and its fields', async () => {
  const errors = [{ loc: ['spec', 'epochs'], msg: 'at least 1' }]
  answers(422, { title: 'Not valid', detail: 'One field is not valid.', errors })
  await expect(api.createRun({ recipe: 'x' })).rejects.toMatchObject({
    status: 422,
    message: 'One field is not valid.',
    errors,
  })
})

test('no answer at all is said as that', async () => {
  board = () => Promise.reject(new TypeError('Failed to fetch'))
  await expect(api.readWorkers()).rejects.toMatchObject({
    status: 0,
    message: expect.stringContaining('does not answer'),
  })
})

test('an id is never more than one part of an address', async () => {
  answers(200, { items: [] })
  await api.readArtifacts('a/../b')
  expect(asked.url).toBe('http://board.test/api/runs/a%2F..%2Fb/artifacts')
  expect(api.artifactHref('a/b', 'best.keras')).toBe('/api/runs/a%2Fb/artifacts/best.keras')
})
