import { expect, test } from 'vitest'
import { asRecipe } from '../draft-source'
import { Draft } from '../draft.svelte'
import { catalog, spec } from '../form-examples'

const draft = (): Draft => new Draft(asRecipe({ name: 'digits', spec }), catalog, null, null)

test('one run is no study', () => {
  expect(draft().study.choice).toBeUndefined()
  expect(draft().study.formErrors).toEqual({})
})

test('a repeat has at least two seeds, each once', () => {
  const { study } = draft()
  study.change({ kind: 'repeat' })
  expect(study.request()).toEqual({ kind: 'repeat', seeds: [0, 1, 2] })
  study.change({ seeds: '4' })
  expect(study.formErrors.seeds).toBe('Enter at least two seeds')
  study.change({ seeds: '4, 4' })
  expect(study.formErrors.seeds).toBe('Each seed may be given once')
})

test('a grid has the values of its ticked fields', () => {
  const { study } = draft()
  study.change({ kind: 'grid', seeds: '' })
  expect(study.formErrors.space).toBe('Tick at least one field below to vary it')
  study.vary('optimizer.learning_rate', 0.001, true)
  study.setVaried('optimizer.learning_rate', { list: '0.001, 0.01' })
  expect(study.formErrors).toEqual({})
  expect(study.request()).toEqual({ kind: 'grid', space: { 'optimizer.learning_rate': [0.001, 0.01] } })
})

test('a search draws from a range and has a number of runs and a pruner', () => {
  const { study } = draft()
  study.change({ kind: 'tpe', runs: '12', pruner: 'median' })
  study.vary('optimizer.learning_rate', 0.001, true)
  expect(study.request()).toMatchObject({ runs: 12, pruner: 'median', space: { 'optimizer.learning_rate': { low: 0.0001, high: 0.01, log: true } } })
  study.change({ runs: '0' })
  expect(study.formErrors.runs).toBe('Enter a whole number of at least 1')
})

test('a list of one value becomes a range when a grid becomes a search', () => {
  const { study } = draft()
  study.change({ kind: 'grid' })
  study.vary('optimizer.learning_rate', 0.001, true)
  study.vary('epochs', 5, true)
  study.setVaried('epochs', { list: '5, 10' })
  study.change({ kind: 'tpe' })
  expect(study.request().space).toEqual({ 'optimizer.learning_rate': { low: 0.0001, high: 0.01, log: true }, epochs: [5, 10] })
})

test('a varied field that the spec lost is left out until it comes back', () => {
  const run = draft()
  run.choose('optimizer.name', 'sgd')
  run.study.change({ kind: 'random' })
  run.study.vary('optimizer.momentum', 0, true)
  run.choose('optimizer.name', 'adam')
  expect(run.study.paths).toEqual([])
  run.choose('optimizer.name', 'sgd')
  expect(run.study.paths).toEqual(['optimizer.momentum'])
})

test("the server's errors stand beside the fields of the study and the varied fields", () => {
  const { study } = draft()
  study.change({ kind: 'tpe' })
  study.setErrors([
    { loc: ['space', 'epochs', 'low'], msg: 'must be above 0' },
    { loc: ['runs'], msg: 'at most 500' },
    { loc: ['spec', 'model'], msg: 'shown by the check of the spec' },
  ])
  expect(study.serverErrors).toEqual({ epochs: 'must be above 0', runs: 'at most 500' })
  study.change({ runs: '3' })
  expect(study.serverErrors).toEqual({})
})

test('the request of a study has the run that it is made of, and is restored with the draft', () => {
  const run = draft()
  run.study.change({ kind: 'repeat' })
  expect(run.studyRequest()).toEqual({ kind: 'repeat', seeds: [0, 1, 2], recipe: 'digits', name: 'digits' })
  run.set('epochs', 5)
  expect(run.studyRequest()).toMatchObject({ spec: { epochs: 5 } })
  const restored = new Draft(run.recipe, catalog, JSON.parse(JSON.stringify(run.stored())), null)
  expect(restored.study.text.kind).toBe('repeat')
})
