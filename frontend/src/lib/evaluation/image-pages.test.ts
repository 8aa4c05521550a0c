import { expect, test } from 'vitest'
import { ImagePages } from './image-pages.svelte'

const page = (items: number[], next_cursor: string | null): { items: number[]; total: number; next_cursor: string | null } => ({ items, total: 3, next_cursor })

test('the next images are added to those before them', async () => {
  const pages = new ImagePages()

  await pages.start(({ cursor }) => Promise.resolve(cursor ? page([3], null) : page([1, 2], 'two')))
  expect([pages.page?.items, pages.left]).toEqual([[1, 2], 1])

  await pages.more()
  expect([pages.page?.items, pages.left]).toEqual([[1, 2, 3], 0])
})

test('an answer that a later query has overtaken is dropped', async () => {
  const pages = new ImagePages()
  let answerLate = (_: ReturnType<typeof page>): void => {}

  const slow = pages.start(() => new Promise((resolve) => (answerLate = resolve)))
  await pages.start(() => Promise.resolve(page([7], null)))
  answerLate(page([1], null))
  await slow

  expect(pages.page?.items).toEqual([7])
})

test('a failure leaves the images and is gone with the next answer', async () => {
  const pages = new ImagePages()
  await pages.start(() => Promise.resolve(page([1], 'two')))

  await pages.start(() => Promise.reject(new Error('The server does not answer.')))
  expect([pages.page?.items, pages.failure]).toEqual([[1], 'The server does not answer.'])

  await pages.start(() => Promise.resolve(page([2], null)))
  expect([pages.page?.items, pages.failure]).toEqual([[2], ''])
})
