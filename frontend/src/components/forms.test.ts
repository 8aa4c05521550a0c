import { expect, test } from 'vitest'

const sources = import.meta.glob<string>('../**/*.svelte', { query: '?raw', import: 'default', eager: true })
const tags = Object.entries(sources).flatMap(([path, source]) => [...source.matchAll(/<form[\s>][^]*?>\n/g)].map(([tag]) => ({ path, tag })))

test('every form says what is wrong in its own words: the browser shows no bubbles', () => {
  expect(tags.length).toBeGreaterThan(10)
  expect(tags.filter(({ tag }) => !tag.includes(' novalidate')).map(({ path }) => path)).toEqual([])
})
