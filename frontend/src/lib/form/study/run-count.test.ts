import { expect, test } from 'vitest'
import { asRecipe } from '../draft-source'
import { Draft } from '../draft.svelte'
import { catalog, spec } from '../form-examples'
import { runCount } from './run-count'

const draft = (): Draft => new Draft(asRecipe({ name: 'digits', spec }), catalog, null, null)

test('a grid of two learning rates says why it has six runs, and a press makes them two', () => {
  const { study } = draft()
  study.change({ kind: 'grid' })
  expect(runCount(study)).toBeNull() // no field is varied yet
  study.vary('optimizer.learning_rate', 0.001, true)
  study.setVaried('optimizer.learning_rate', { list: '0.001, 0.01' })
  expect(runCount(study)).toEqual({ text: '2 combinations × 3 seeds = 6 runs', press: { seeds: '0', title: 'Use one seed' } })
  study.change({ seeds: runCount(study)!.press!.seeds })
  expect(runCount(study)).toEqual({ text: '2 combinations × 1 seed = 2 runs', press: { seeds: '0, 1, 2', title: 'Use three seeds' } })
  study.vary('epochs', 5, true)
  study.setVaried('epochs', { list: '5, 10, 15' })
  expect(runCount(study)!.text).toBe('6 combinations × 1 seed = 6 runs')
})

test('a learning curve has a run for each part and seed, a repeat one for each seed, and a search as many as are typed', () => {
  const { study } = draft()
  study.change({ kind: 'learning_curve' })
  expect(runCount(study)!.text).toBe('4 parts × 3 seeds = 12 runs')
  study.change({ kind: 'repeat' })
  expect(runCount(study)).toEqual({ text: '3 seeds = 3 runs', press: null })
  study.change({ kind: 'tpe' })
  expect(runCount(study)).toBeNull()
})
