import { expect, test } from 'vitest'
import { Pages } from './pages.svelte'

/** Three pages of one number each. */
const find = async (params: URLSearchParams) => {
  const at = Number(params.get('cursor') ?? 0)
  return { items: [at], next_cursor: at < 2 ? String(at + 1) : null, total: 3 }
}

test('pages are read one after the other, and two calls at once read one', async () => {
  const pages = new Pages(new URLSearchParams('q=a'), find)
  await Promise.all([pages.more(), pages.more()])
  expect([pages.items, pages.total, pages.isComplete]).toEqual([[0], 3, false])
  expect(await pages.all()).toEqual([0, 1, 2])
  expect(pages.isComplete).toBe(true)
})

test('a refresh reads as many as were in sight; the rest follows', async () => {
  const pages = new Pages(new URLSearchParams(), find)
  await pages.all()
  await pages.refresh(2)
  expect(pages.items).toEqual([0, 1])
  await pages.more()
  expect(pages.items).toEqual([0, 1, 2])
})

test('deep in a list all is read again only if the number of matches has changed', async () => {
  let requests = 0
  let total = 900
  const pages = new Pages(new URLSearchParams(), async (params) => {
    requests += 1
    const at = Number(params.get('cursor') ?? 0)
    return { items: Array.from({ length: 300 }, (_, place) => at + place), next_cursor: at < 600 ? String(at + 300) : null, total }
  })
  await pages.all()
  await pages.refresh(900)
  expect([requests, pages.items.length, pages.isComplete]).toEqual([4, 900, true])
  total = 901
  await pages.refresh(900)
  expect([requests, pages.items.length]).toEqual([7, 900])
})

test('a reading that fails may be tried again', async () => {
  let isAway = true
  const pages = new Pages(new URLSearchParams(), (params) => (isAway ? Promise.reject(new Error('away')) : find(params)))
  await expect(pages.more()).rejects.toThrow('away')
  isAway = false
  await pages.more()
  expect(pages.items).toEqual([0])
})
