/** Asks the server how long each recipe takes, and which recipe fits a dataset. */

import { checkSpec } from '../api/client'
import { durationText } from './cost-estimate'
import { valueAt, withValue } from '../spec/spec'
import type { Recipe, SpecCheck } from '../api/types'

/** Returns how long each recipe takes; empty where the server can't tell yet. */
export async function recipeDurations(recipes: Recipe[]): Promise<Record<string, string>> {
  const entries = recipes.map(async ({ name, spec }) => {
    const answer = await checked(spec)
    return [name, answer ? durationText(answer, Number(valueAt(spec, 'epochs'))) : ''] as const
  })
  return Object.fromEntries(await Promise.all(entries))
}

/** Returns null when the server does not answer: the cards then show epochs in place of a time. */
async function checked(spec: Recipe['spec']): Promise<SpecCheck | null> {
  try {
    return await checkSpec(spec)
  } catch {
    return null
  }
}

const RGB_RECIPES = ['cifar-vgg', 'cifar-strided', 'fashion-strided', 'digits-quick']
const GRAYSCALE_RECIPES = ['fashion-strided', 'cifar-vgg', 'digits-quick']

/** Returns the first recipe whose network accepts the dataset's images, or the first of all when none does. */
export async function findFittingRecipe(recipes: Recipe[], dataset: string, channels: number): Promise<Recipe | undefined> {
  for (const name of channels === 1 ? GRAYSCALE_RECIPES : RGB_RECIPES) {
    const recipe = recipes.find((candidate) => candidate.name === name)
    const answer = recipe ? await checked(withValue(recipe.spec, 'dataset.name', dataset)) : null
    if (answer?.ok) return recipe
  }
  return recipes[0]
}
