import { expect, test } from 'vitest'
import { fittingRecipes, isOfPhotos, learningParameters, recipeOn, recipesOn, titleOn, withDataset } from './photo-recipes'
import type { Dataset, Recipe, Spec, SpecCheck } from '../../api/types'

const dataset = { name: 'cifar10', train_limit: 500, test_limit: 1000, validation: { from: 'test' } }
const recipe = { name: 'photos-quick', title: 'Photos, quick', description: '500 images of CIFAR-10', method: { title: 'Photos', description: 'A new last layer' }, spec: { dataset, epochs: 30 } as Spec } as Recipe
const pets = { name: 'pets', origin: 'upload', image_shape: [64, 64, 3] } as Dataset

test('a recipe on another dataset takes all of its images', () => {
  expect(withDataset(recipe.spec, 'pets')).toEqual({ dataset: { ...dataset, name: 'pets', train_limit: null, test_limit: null }, epochs: 30 })
  expect(withDataset(recipe.spec, 'cifar10')).toBe(recipe.spec)
})

test('a recipe validates on the validation split of a dataset that has one', () => {
  const split = { ...pets, counts: { train: [5], validation: [2], test: [2] } }
  expect(recipeOn(recipe, split, 'pets@1').dataset).toMatchObject({ name: 'pets@1', validation: { from: 'validation' } })
})

test('recipes on photos train on them, the recommended ones first', () => {
  const offered = recipesOn([{ ...recipe, name: 'digits-quick' }, recipe], pets, 'pets')
  expect(offered.map(({ name }) => name)).toEqual(['photos-quick', 'digits-quick'])
  expect(offered[1]!.spec.dataset).toMatchObject({ name: 'pets', train_limit: null })
  const small = { ...pets, image_shape: [8, 8, 1] } as Dataset
  expect(recipesOn([{ ...recipe, name: 'digits-quick' }, recipe], small, 'pets')[0]!.name).toBe('digits-quick')
})

test('a card on another dataset says which images it trains on, and nothing of those of its recipe', () => {
  const known = { ...pets, counts: { train: [60, 60], test: [15, 15] }, classes: ['cat', 'dog'] }
  expect(recipesOn([recipe], known, 'pets')[0]).toMatchObject({ title: 'Photos', images: '150 images of 64 × 64 pixels in 2 classes', description: 'A new last layer' })
  expect(recipesOn([recipe], { ...known, name: 'cifar10' }, 'cifar10')[0]).toMatchObject({ title: 'Photos, quick', images: '', description: '500 images of CIFAR-10' })
  const plain = { ...recipe, description: 'Pairs of convolutions', method: { title: 'CNN', description: null } }
  expect(recipesOn([plain], known, 'pets')[0]!.description).toBe('Pairs of convolutions')
  expect([titleOn(recipe, 'pets'), titleOn(recipe, 'cifar10')]).toEqual(['Photos', 'Photos, quick'])
})

test('the recipes for photos come first for uploaded images of at least 32 pixels', () => {
  expect(fittingRecipes(pets).slice(0, 2)).toEqual(['photos-quick', 'photos-best'])
  expect(fittingRecipes({ ...pets, image_shape: [32, 32, 1] }).slice(0, 3)).toEqual(['photos-quick', 'photos-best', 'fashion-strided'])
  expect(fittingRecipes({ ...pets, image_shape: [31, 31, 3] })[0]).toBe('cifar-vgg')
  expect(isOfPhotos({ ...pets, origin: 'built_in' })).toBe(false)
  expect(fittingRecipes(undefined)[0]).toBe('cifar-vgg')
})

test('the layers after a backbone learn', () => {
  const layers = [{ name: 'conv_stem', parameters: 864 }, { name: 'features', parameters: 0 }, { name: 'dropout', parameters: 0 }, { name: 'dense', parameters: 2562 }]
  expect(learningParameters({ layers } as unknown as SpecCheck)).toBe(2562)
})
