/** Asks the server how long each recipe takes, and which recipe fits a dataset. */

import { checkSpec } from '../../api/client'
import { durationText, lengthOf } from './cost-estimate'
import { fittingRecipes, withDataset } from './photo-recipes'
import type { Dataset, Recipe, Spec, SpecCheck } from '../../api/types'

/** Returns how long each recipe takes; empty where the server can't tell yet. */
export async function recipeDurations(recipes: Recipe[]): Promise<Record<string, string>> {
  const entries = recipes.map(async ({ name, spec }) => [name, await checkedDuration(spec)] as const)
  return Object.fromEntries(await Promise.all(entries))
}

/** Returns how long a run of a spec takes, such as "about 31 s"; empty where the server can't tell yet. */
async function checkedDuration(spec: Spec): Promise<string> {
  const answer = await checked(spec)
  return answer ? durationText(answer, lengthOf(spec)) : ''
}

/** Returns null when the server does not answer: the cards then show epochs in place of a time. */
async function checked(spec: Recipe['spec']): Promise<SpecCheck | null> {
  try {
    return await checkSpec(spec)
  } catch {
    return null
  }
}

/** Returns the first recipe whose network accepts the images of `dataset`, or the first of all when none does. */
export async function findFittingRecipe(recipes: Recipe[], name: string, dataset: Dataset | undefined): Promise<Recipe | undefined> {
  for (const recipeName of fittingRecipes(dataset)) {
    const recipe = recipes.find((candidate) => candidate.name === recipeName)
    const answer = recipe ? await checked(withDataset(recipe.spec, name)) : null
    if (answer?.ok) return recipe
  }
  return recipes[0]
}
