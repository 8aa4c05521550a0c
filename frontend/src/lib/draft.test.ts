import { expect, test } from 'vitest'
import { again, asRecipe, Draft } from './draft.svelte'
import { catalog, spec } from './form-examples'
import { at } from './spec'
import type { Dataset, Recipe } from './types'

const recipe: Recipe = { name: 'digits-quick', title: 'Digits', description: '', spec }
const draft = (dataset: string | null = null) => new Draft(recipe, catalog, null, dataset)
const pets = { name: 'pets', classes: ['cat', 'dog'] } as Dataset

test('an untouched draft asks for the recipe by its name, a changed one for its spec', () => {
  const written = draft()
  expect(written.request()).toEqual({ recipe: 'digits-quick', name: 'digits-quick' })
  written.set('epochs', 5)
  expect(written.request().spec).toMatchObject({ epochs: 5 })
  expect(written.before('epochs')).toBe(3)
})

test('what was changed is told once, at the part or the form that brought it', () => {
  const written = draft()
  expect(written.before('optimizer.schedule.name')).toBeUndefined()
  written.choose('optimizer.schedule.name', 'cosine')
  written.switch('augmentation', true)
  expect([written.before('optimizer.schedule.name'), written.before('augmentation')]).toEqual([null, null])
  expect([written.before('optimizer.schedule.alpha'), written.before('augmentation.zoom')]).toEqual([undefined, undefined])
})

test('a dataset that was brought stands in the spec, and starting over keeps it', () => {
  const written = draft('pets')
  written.set('epochs', 5)
  written.reset('pets')
  expect([at(written.spec, 'dataset.name'), written.spec.epochs, written.name]).toEqual(['pets', 3, 'pets'])
})

test('a draft is found as it was left', () => {
  const written = draft()
  written.set('epochs', 5)
  written.tags = 'wide'
  const again = new Draft(recipe, catalog, JSON.parse(JSON.stringify(written.kept())), null)
  expect([again.spec.epochs, again.tags]).toEqual([5, 'wide'])
})

test('weights by class follow the dataset', () => {
  const written = draft('pets')
  written.datasets = [pets, { ...pets, name: 'birds', classes: ['dog', 'hen'] }]
  written.weighByClass({ dog: 3 })
  expect(written.spec.class_weights).toEqual({ cat: 1, dog: 3 })
  written.set('dataset.name', 'birds')
  expect(written.spec.class_weights).toEqual({ dog: 3, hen: 1 })
})

test('a list of layers begins from what was described, and each way is found as it was left', () => {
  const written = draft()
  written.describe('layers', [{ class_name: 'Flatten', config: {} }])
  expect(written.spec.model).toEqual({ layers: [{ class_name: 'Flatten', config: {} }] })
  written.write('layers', '[{"class_name": "Dense"')
  expect(written.errors['model.layers']).toMatch(/^no JSON/)
  written.describe('strided_cnn', null)
  expect(written.spec.model).toEqual(spec.model)
  written.describe('layers', [])
  expect(written.texts.layers).toBe('[{"class_name": "Dense"')
})

test('errors stand at their fields until something there is edited', () => {
  const written = draft()
  written.find([{ loc: ['model', 'options', 'filters', 0], msg: 'nothing is left of 8 × 8' }])
  written.refuse([{ loc: ['name'], msg: 'too long' }])
  expect(written.troubled(['model'])).toEqual(['Filters'])
  written.set('model.options.filters', [16])
  expect(written.errors).toEqual({ name: 'too long' })
})

test('a copy of a run asks for its spec, says of what it is one, and is numbered', () => {
  const copy = new Draft(asRecipe({ name: 'digits 9', spec }), catalog, null, null, 'r1')
  expect(copy.request()).toEqual({ spec, cloned_from: 'r1', name: 'digits 10' })
  copy.set('epochs', 5)
  expect(copy.before('epochs')).toBe(3)
  expect([again('digits'), again('pets 2')]).toEqual(['digits 2', 'pets 3'])
})
