/** Which recipes suit a dataset, and the spec and the words that a recipe has on it. */

import { imagesText } from '../../datasets/dataset-text'
import { withValidationOf } from '../part-choices'
import { valueAt, withValue } from '../../spec/spec'
import type { Dataset, Recipe, Spec, SpecCheck } from '../../api/types'

/** Recipes for images of one's own, the fastest first. */
export const PHOTO_RECIPES = ['photos-quick', 'photos-best']
/** Pixels. What a backbone has learnt from photos is not found in smaller images. */
const LEAST_PHOTO_SIDE = 32

/** A recipe as its card shows it. `images` says what it trains on; empty where its description does. */
export type OfferedRecipe = Recipe & { images: string }

/** True for uploaded images that the recipes for photos are recommended for. */
export const isOfPhotos = ({ origin, image_shape: shape }: Dataset): boolean =>
  origin !== 'built_in' && shape != null && Math.min(shape[0]!, shape[1]!) >= LEAST_PHOTO_SIDE

const isOwn = (recipe: Pick<Recipe, 'spec'>, name: string): boolean => valueAt(recipe.spec, 'dataset.name') === name

/** Returns a recipe's spec with all images of another dataset; the recipe's limits are those of its own. */
export function withDataset(spec: Spec, name: string): Spec {
  if (isOwn({ spec }, name)) return spec
  const limits = { train_limit: null, test_limit: null }
  return withValue(spec, 'dataset', { ...(spec.dataset as Spec), ...limits, name })
}

/** Returns a recipe's spec for `dataset`, which runs know as `name`. */
export const recipeOn = (recipe: Recipe, dataset: Dataset, name: string): Spec => withValidationOf(dataset, withDataset(recipe.spec, name))

/** Returns what a recipe is called where it trains on the dataset `name`: by its own images, or by what it does. */
export const titleOn = (recipe: Recipe, name: string): string => (isOwn(recipe, name) ? recipe.title : recipe.method.title)

/** Returns the recipes with their specs and words for `dataset`, those that are recommended for photos first where it has photos. */
export function recipesOn(recipes: Recipe[], dataset: Dataset, name: string): OfferedRecipe[] {
  const first = isOfPhotos(dataset) ? PHOTO_RECIPES : []
  const ordered = [...recipes].sort((one, other) => Number(first.includes(other.name)) - Number(first.includes(one.name)))
  return ordered.map((recipe) => ({ ...recipe, ...wordsOn(recipe, dataset, name), spec: recipeOn(recipe, dataset, name) }))
}

function wordsOn(recipe: Recipe, dataset: Dataset, name: string): Pick<OfferedRecipe, 'title' | 'description' | 'images'> {
  const title = titleOn(recipe, name)
  if (isOwn(recipe, name)) return { title, description: recipe.description, images: '' }
  return { title, description: recipe.method.description ?? recipe.description, images: imagesText(dataset) }
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
