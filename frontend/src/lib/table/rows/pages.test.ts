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

test('a reading that fails may be tried again', async () => {
  let isAway = true
  const pages = new Pages(new URLSearchParams(), (params) => (isAway ? Promise.reject(new Error('away')) : find(params)))
  await expect(pages.more()).rejects.toThrow('away')
  isAway = false
  await pages.more()
  expect(pages.items).toEqual([0])
})
