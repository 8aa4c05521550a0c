import { expect, test } from 'vitest'
import { catalog, spec } from './form-examples'
import { withChoice, withPart, withValidationOf } from './part-choices'
import { valueAt, withValue } from '../spec/spec'
import type { Dataset } from '../api/types'

test('a part that is switched on gets the defaults of its fields', () => {
  const on = withPart(catalog, spec, 'augmentation', true)
  expect(on.augmentation).toEqual({ zoom: 0 })
  expect(withPart(catalog, on, 'augmentation', false).augmentation).toBeNull()
})

test('another choice has its own defaults', () => {
  expect(withChoice(catalog, spec, 'optimizer.name', 'sgd').optimizer).toEqual({
    name: 'sgd',
    learning_rate: 0.01,
    momentum: 0,
    schedule: null,
  })
  expect(withChoice(catalog, spec, 'model.preset', 'vgg').model).toEqual({ preset: 'vgg', options: { blocks: [[32]] } })
  expect(valueAt(withChoice(catalog, spec, 'dataset.validation.from', 'train'), 'dataset.validation')).toEqual({
    from: 'train',
    fraction: 0.1,
  })
})

test('changed options that both choices have are kept, and so is the schedule', () => {
  const cosine = withChoice(catalog, withValue(spec, 'optimizer.learning_rate', 0.003), 'optimizer.schedule.name', 'cosine')
  expect(withChoice(catalog, cosine, 'optimizer.name', 'sgd').optimizer).toMatchObject({
    learning_rate: 0.003,
    schedule: { name: 'cosine', alpha: 0 },
  })
})

test('no choice is null', () => {
  const cosine = withChoice(catalog, spec, 'optimizer.schedule.name', 'cosine')
  expect(valueAt(withChoice(catalog, cosine, 'optimizer.schedule.name', null), 'optimizer.schedule')).toBeNull()
})

test('a dataset with a validation split is validated on it, and another one no longer', () => {
  const two = { counts: { train: [3], test: [1] } } as unknown as Dataset
  const three = { counts: { train: [3], validation: [1], test: [1] } } as unknown as Dataset
  const onValidation = withValidationOf(three, spec)
  expect(valueAt(onValidation, 'dataset.validation')).toEqual({ from: 'validation' })
  expect(valueAt(withValidationOf(two, onValidation), 'dataset.validation')).toEqual({ from: 'test' })
  const onTrain = withChoice(catalog, spec, 'dataset.validation.from', 'train')
  expect(withValidationOf(three, onTrain)).toBe(onTrain)
})
