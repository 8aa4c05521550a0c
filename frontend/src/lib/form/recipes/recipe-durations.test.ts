import { expect, test, vi } from 'vitest'
import * as recipes from './recipes'
import { RecipeDurations } from './recipe-durations.svelte'

vi.mock('./recipes', () => ({ recipeDurations: vi.fn() }))

test('a card never shows how long its recipe takes on another dataset', async () => {
  const durations = new RecipeDurations()
  const answers: ((texts: Record<string, string>) => void)[] = []
  vi.mocked(recipes.recipeDurations).mockImplementation(() => new Promise((resolve) => answers.push(resolve)))
  const reads = [durations.read([], null), durations.read([], 'animals')]
  answers[1]!({ quick: 'about 8 s' })
  answers[0]!({ quick: 'about 5 s' })
  await Promise.all(reads)
  expect([durations.of('quick', 'animals'), durations.of('quick', null), durations.of('other', 'animals')]).toEqual(['about 8 s', '', ''])
})
