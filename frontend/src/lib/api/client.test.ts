import { expect, test, vi } from 'vitest'
import { artifactHref } from './documents'

/** The server's next response and the last request it received. */
let respond: () => Promise<Response>
let lastRequest: Request
vi.stubGlobal('location', { origin: 'http://server.test' })
vi.stubGlobal('fetch', (request: Request) => {
  lastRequest = request
  return respond()
})
const api = await import('./client')

function respondWith(status: number, body: unknown): void {
  const headers = { 'Content-Type': 'application/problem+json' }
  respond = () => Promise.resolve(new Response(JSON.stringify(body), { status, headers }))
}

test('a list is requested with its filters, each status as its own parameter', async () => {
  respondWith(200, { items: [{ id: 'a', spec: {} }], total: 1 })
  const page = await api.findRuns({ status: ['queued', 'running'], q: 'a b', limit: 5 })
  expect(lastRequest.url).toBe('http://server.test/api/runs?status=queued&status=running&q=a%20b&limit=5')
  expect(page).toMatchObject({ items: [{ id: 'a' }], total: 1, next_cursor: null })
  expect(page.items[0]!.received).toBeGreaterThan(0)
})

test('a launch has an idempotency key', async () => {
  respondWith(201, { id: 'a', spec: {} })
  await api.createRun({ recipe: 'digits-quick' })
  expect(lastRequest.headers.get('Idempotency-Key')).toMatch(/^[0-9a-f-]{36}$/)
  expect(await lastRequest.json()).toEqual({ recipe: 'digits-quick' })
})

test('a problem document is thrown with its message and field errors', async () => {
  const errors = [{ loc: ['spec', 'epochs'], msg: 'at least 1' }]
  respondWith(422, { title: 'Not valid', detail: 'One field is not valid.', errors })
  await expect(api.createRun({ recipe: 'x' })).rejects.toMatchObject({
    status: 422,
    message: 'One field is not valid.',
    errors,
  })
})

test('a missing response is a Problem with status 0', async () => {
  respond = () => Promise.reject(new TypeError('Failed to fetch'))
  await expect(api.readWorkers()).rejects.toMatchObject({
    status: 0,
    message: expect.stringContaining('does not respond'),
  })
})

test('an id is escaped in a path', async () => {
  respondWith(200, { items: [] })
  await api.readArtifacts('a/../b')
  expect(lastRequest.url).toBe('http://server.test/api/runs/a%2F..%2Fb/artifacts')
  expect(artifactHref('a/b', 'best.keras')).toBe('/api/runs/a%2Fb/artifacts/best.keras')
})
