/** What the board says of recipes: how long each takes here, and which one fits a dataset. */

import { checkSpec } from './api'
import { at, withValue } from './spec'
import type { Recipe, SpecCheck } from './types'

/** Seconds that each recipe takes on this board, null where nobody knows. */
export async function readSeconds(recipes: Recipe[]): Promise<Record<string, number | null>> {
  const found = await Promise.all(recipes.map(async ({ name, spec }) => [name, total(await looked(spec), spec)] as const))
  return Object.fromEntries(found)
}

function total(answer: SpecCheck | null, spec: Recipe['spec']): number | null {
  const seconds = answer?.seconds_per_epoch ?? null
  return seconds === null ? null : seconds * Number(at(spec, 'epochs'))
}

/** Without an answer the page says less, and nothing wrong. */
async function looked(spec: Recipe['spec']): Promise<SpecCheck | null> {
  try {
    return await checkSpec(spec)
  } catch {
    return null
  }
}

const COLOUR = ['cifar-vgg', 'cifar-strided', 'fashion-strided', 'digits-quick']
const GREY = ['fashion-strided', 'cifar-vgg', 'digits-quick']

/** A recipe whose network can take the dataset: the likely ones in turn, asked of the board; the first one if none can. */
export async function fitting(recipes: Recipe[], dataset: string, channels: number): Promise<Recipe | undefined> {
  for (const name of channels === 1 ? GREY : COLOUR) {
    const recipe = recipes.find((other) => other.name === name)
    const answer = recipe ? await looked(withValue(recipe.spec, 'dataset.name', dataset)) : null
    if (answer?.ok) return recipe
  }
  return recipes[0]
}
