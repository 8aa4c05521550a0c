import { expect, test, vi } from 'vitest'
import { firstReads } from './first-reads'

const requested: string[] = []
vi.stubGlobal('location', { origin: 'http://server.test' })
vi.stubGlobal('fetch', (request: Request | string) => {
  requested.push(typeof request === 'string' ? request : request.url.replace('http://server.test', ''))
  return Promise.resolve(new Response('{"items": []}'))
})
const api = await import('../api/client')
const { fetchOnce, readEarly } = await import('../api/early-reads')
const { ACTIVE } = await import('../live/run-state')
const { RunTable } = await import('../table/run-table.svelte')
const { parseView } = await import('../table/view/view')

const statusBar = () => Promise.all([api.findRuns({ status: ACTIVE, limit: 200 }), api.readWorkers()])

test.each([
  ['a run', { name: 'run', id: 'a b' }, () => Promise.all([api.readRun('a b'), api.readMetrics('a b')])],
  ['the table', { name: 'runs' }, () => new RunTable().show(parseView(new URLSearchParams()))],
] as const)('the requests that %s begins with are sent early, and once', async (_, page, read) => {
  requested.length = 0
  const addresses = firstReads(page, '')
  addresses.forEach(readEarly)
  await Promise.all([read(), statusBar()])
  expect(requested).toEqual(addresses)
  await api.readWorkers()
  expect(requested).toHaveLength(addresses.length + 1)
})

test('a change is always sent, and what was read before it is outdated', async () => {
  requested.length = 0
  readEarly('/api/runs/a')
  await fetchOnce(new Request('http://server.test/api/runs/a', { method: 'DELETE' }))
  await api.readRun('a')
  expect(requested).toEqual(Array(3).fill('/api/runs/a'))
})
