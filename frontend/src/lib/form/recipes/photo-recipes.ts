/** Which recipes suit a dataset, and the spec that a recipe has on it. */

import { withValidationOf } from '../part-choices'
import { valueAt, withValue } from '../../spec/spec'
import type { Dataset, Recipe, Spec, SpecCheck } from '../../api/types'

/** Recipes for images of one's own, the fastest first. */
export const PHOTO_RECIPES = ['photos-quick', 'photos-best']
/** Pixels. What a backbone has learnt from photos is not found in smaller images. */
const LEAST_PHOTO_SIDE = 32

/** True for uploaded images that the recipes for photos are recommended for. */
export const isOfPhotos = ({ origin, image_shape: shape }: Dataset): boolean =>
  origin !== 'built_in' && shape != null && Math.min(shape[0]!, shape[1]!) >= LEAST_PHOTO_SIDE

/** Returns a recipe's spec with all images of another dataset; the recipe's limits are those of its own. */
export function withDataset(spec: Spec, name: string): Spec {
  if (valueAt(spec, 'dataset.name') === name) return spec
  const limits = { train_limit: null, test_limit: null }
  return withValue(spec, 'dataset', { ...(spec.dataset as Spec), ...limits, name })
}

/** Returns a recipe's spec for `dataset`, which runs know as `name`. */
export const recipeOn = (recipe: Recipe, dataset: Dataset, name: string): Spec => withValidationOf(dataset, withDataset(recipe.spec, name))

/** Returns the recipes with their specs for `dataset`, those that are recommended for photos first where it has photos. */
export function recipesOn(recipes: Recipe[], dataset: Dataset, name: string): Recipe[] {
  const first = isOfPhotos(dataset) ? PHOTO_RECIPES : []
  const ordered = [...recipes].sort((one, other) => Number(first.includes(other.name)) - Number(first.includes(one.name)))
  return ordered.map((recipe) => ({ ...recipe, spec: recipeOn(recipe, dataset, name) }))
}

const RGB_RECIPES = ['cifar-vgg', 'cifar-strided', 'fashion-strided', 'digits-quick']
const GRAYSCALE_RECIPES = ['fashion-strided', 'cifar-vgg', 'digits-quick']

/** Returns the recipes that suit a dataset, the best first. */
export function fittingRecipes(dataset: Dataset | undefined): string[] {
  const fromScratch = dataset?.image_shape?.[2] === 1 ? GRAYSCALE_RECIPES : RGB_RECIPES
  return dataset && isOfPhotos(dataset) ? [...PHOTO_RECIPES, ...fromScratch] : fromScratch
}

/** Returns how many parameters learn in a network whose backbone is frozen: those of the layers after it. */
export function learningParameters({ layers }: SpecCheck): number {
  const head = layers.slice(layers.findIndex(({ name }) => name === 'features') + 1)
  return head.reduce((sum, layer) => sum + layer.parameters, 0)
}
