import { expect, test } from 'vitest'
import { asRecipe, nextName, type DraftSource } from './draft-source'
import { Draft } from './draft.svelte'
import { catalog, spec } from './form-examples'
import { valueAt, withValue } from '../spec/spec'
import type { Dataset } from '../api/types'

const recipe: DraftSource = { name: 'digits-quick', title: 'Digits', spec }
const draft = (dataset: string | null = null) => new Draft(recipe, catalog, null, dataset)
const pets = { name: 'pets', classes: ['cat', 'dog'] } as Dataset

test('an unchanged draft requests the recipe by name, a changed one its spec', () => {
  const run = draft()
  expect(run.request()).toEqual({ recipe: 'digits-quick', name: 'digits-quick' })
  run.set('epochs', 5)
  expect(run.request().spec).toMatchObject({ epochs: 5 })
  expect(run.valueBefore('epochs')).toBe(3)
})

test('a change is shown once, at the part that was added', () => {
  const run = draft()
  expect(run.valueBefore('optimizer.schedule.name')).toBeUndefined()
  run.choose('optimizer.schedule.name', 'cosine')
  run.switch('augmentation', true)
  expect([run.valueBefore('optimizer.schedule.name'), run.valueBefore('augmentation')]).toEqual([null, null])
  expect([run.valueBefore('optimizer.schedule.alpha'), run.valueBefore('augmentation.zoom')]).toEqual([undefined, undefined])
})

test('the dataset of the address is in the spec, and a reset keeps it', () => {
  const run = draft('pets')
  run.set('epochs', 5)
  run.reset('pets')
  expect([valueAt(run.spec, 'dataset.name'), run.spec.epochs, run.name]).toEqual(['pets', 3, 'pets'])
})

test('a stored draft is restored', () => {
  const run = draft()
  run.set('epochs', 5)
  run.tags = 'wide'
  const nextName = new Draft(recipe, catalog, JSON.parse(JSON.stringify(run.stored())), null)
  expect([nextName.spec.epochs, nextName.tags]).toEqual([5, 'wide'])
})

test('a form says that it keeps earlier changes, until they are discarded', () => {
  const stored = (run: Draft) => new Draft(recipe, catalog, JSON.parse(JSON.stringify(run.stored())), null)
  const run = draft()
  expect([run.isRestored, stored(run).isRestored]).toEqual([false, false])
  run.name = 'mine'
  const again = stored(run)
  expect(again.isRestored).toBe(true)
  again.reset(null)
  expect([again.isRestored, again.name]).toEqual([false, 'digits-quick'])
})

test('the form of a dataset with a validation split begins with it, and a copy of a run does not', () => {
  const birds = { ...pets, name: 'birds', counts: { train: [3], validation: [1], test: [1] } } as Dataset
  const run = draft('birds')
  run.setDatasets([pets, birds])
  expect([valueAt(run.spec, 'dataset.validation.from'), run.isEdited]).toEqual(['validation', false])
  run.set('dataset.name', 'pets')
  expect(valueAt(run.spec, 'dataset.validation.from')).toBe('test')
  const copy = new Draft(asRecipe({ name: 'birds', spec: withValue(spec, 'dataset.name', 'birds') }), catalog, null, null, 'r1')
  copy.setDatasets([birds])
  expect(valueAt(copy.spec, 'dataset.validation.from')).toBe('test')
})

test('an unchanged form that fits its dataset has no note about changes', () => {
  const birds = { ...pets, name: 'birds', counts: { train: [3], validation: [1], test: [1] } } as Dataset
  const run = draft('birds')
  run.setDatasets([birds])
  expect([valueAt(run.spec, 'dataset.validation.from'), run.isEdited]).toEqual(['validation', false])
  run.name = 'mine'
  const again = new Draft(recipe, catalog, JSON.parse(JSON.stringify(run.stored())), 'birds')
  again.setDatasets([birds])
  expect([again.isRestored, again.isEdited]).toEqual([true, true])
  again.reset('birds')
  expect([valueAt(again.spec, 'dataset.validation.from'), again.isEdited]).toEqual(['validation', false])
})

test('the choice of a study is a change, which is kept and discarded', () => {
  const run = draft()
  run.study.change({ kind: 'repeat', seeds: '1, 2' })
  const again = new Draft(recipe, catalog, JSON.parse(JSON.stringify(run.stored())), null)
  expect([run.isEdited, again.isRestored, again.study.text.seeds]).toEqual([true, true, '1, 2'])
  again.reset(null)
  expect([again.isEdited, again.study.text.kind]).toEqual([false, null])
})

test('weights by class follow the dataset', () => {
  const run = draft('pets')
  run.datasets = [pets, { ...pets, name: 'birds', classes: ['dog', 'hen'] }]
  run.weighByClass({ dog: 3 })
  expect(run.spec.class_weights).toEqual({ cat: 1, dog: 3 })
  run.set('dataset.name', 'birds')
  expect(run.spec.class_weights).toEqual({ dog: 3, hen: 1 })
})

test('a list of layers starts from the checked network, and each form of the model is restored', () => {
  const run = draft()
  run.setModelForm('layers', [{ class_name: 'Flatten', config: {} }])
  expect(run.spec.model).toEqual({ layers: [{ class_name: 'Flatten', config: {} }] })
  run.setModelText('layers', '[{"class_name": "Dense"')
  expect(run.errors['model.layers']).toMatch(/^Not valid JSON/)
  run.setModelForm('strided_cnn', null)
  expect(run.spec.model).toEqual(spec.model)
  run.setModelForm('layers', [])
  expect(run.texts.layers).toBe('[{"class_name": "Dense"')
})

test('a form that was switched to JSON and back has no note about changes, and follows the network until it is edited', () => {
  const run = draft()
  const switched = (initial: object) => {
    run.setModelForm('layers', [initial] as never)
    const { model } = run.spec
    run.setModelForm('strided_cnn', null)
    return [model, run.isEdited]
  }
  expect(switched({ class_name: 'Flatten' })).toEqual([{ layers: [{ class_name: 'Flatten' }] }, false])
  expect(switched({ class_name: 'Dense' })).toEqual([{ layers: [{ class_name: 'Dense' }] }, false])
  run.setModelForm('layers', [])
  run.setLayers([{ class_name: 'ReLU' }] as never)
  run.setModelForm('strided_cnn', null)
  expect([run.isEdited, switched({ class_name: 'Dense' })[0]]).toEqual([true, { layers: [{ class_name: 'ReLU' }] }])
})

test('a restored form of JSON that was not typed in is no change once it is left', () => {
  const run = draft()
  run.setModelForm('layers', [{ class_name: 'Flatten' }] as never)
  const again = new Draft(recipe, catalog, JSON.parse(JSON.stringify(run.stored())), null)
  again.setModelForm('strided_cnn', null)
  expect(again.isEdited).toBe(false)
  again.setModelForm('layers', [{ class_name: 'Dense' }] as never)
  expect(again.spec.model).toEqual({ layers: [{ class_name: 'Dense' }] })
})

test('the layers of the run that a form is a copy of come back', () => {
  const own = { layers: [{ class_name: 'Flatten', config: {} }] }
  const copy = new Draft(asRecipe({ name: 'mlp', spec: { ...spec, model: own } }), catalog, null, null, 'r1')
  copy.setModelForm('strided_cnn', null)
  copy.setModelForm('layers', [{ class_name: 'Dense', config: {} }])
  expect([copy.spec.model, copy.isEdited]).toEqual([own, false])
})

test('errors stay at their fields until the fields are edited', () => {
  const run = draft()
  run.setCheckErrors([{ loc: ['model', 'options', 'filters', 0], msg: 'nothing is left of 8 × 8' }])
  run.setLaunchErrors([{ loc: ['name'], msg: 'too long' }])
  expect(run.titlesWithErrors(['model'])).toEqual(['Filters'])
  run.set('model.options.filters', [16])
  expect(run.errors).toEqual({ name: 'too long' })
})

test('a copy of a run requests its spec, names the original and is numbered', () => {
  const copy = new Draft(asRecipe({ name: 'digits 9', spec }), catalog, null, null, 'r1')
  expect(copy.request()).toEqual({ spec, cloned_from: 'r1', name: 'digits 10' })
  copy.set('epochs', 5)
  expect(copy.valueBefore('epochs')).toBe(3)
  expect([nextName('digits'), nextName('pets 2')]).toEqual(['digits 2', 'pets 3'])
})

test('a bet is part of the request of a run, and not of a study', () => {
  const run = draft()
  expect(run.request()).not.toHaveProperty('bet')
  run.bet = 0.92
  expect(run.request().bet).toBe(0.92)
  expect(run.studyRequest()).not.toHaveProperty('bet')
  run.reset(null)
  expect(run.bet).toBeNull()
})
