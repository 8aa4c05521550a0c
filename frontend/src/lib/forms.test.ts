import { expect, test } from 'vitest'
import { catalog, spec } from './form-examples'
import { reformed, switched } from './forms'
import { at, withValue } from './spec'

test('a part that is switched on gets the defaults of its fields', () => {
  const on = switched(catalog, spec, 'augmentation', true)
  expect(on.augmentation).toEqual({ zoom: 0 })
  expect(switched(catalog, on, 'augmentation', false).augmentation).toBeNull()
})

test('another form has its own defaults', () => {
  expect(reformed(catalog, spec, 'optimizer.name', 'sgd').optimizer).toEqual({
    name: 'sgd',
    learning_rate: 0.01,
    momentum: 0,
    schedule: null,
  })
  expect(reformed(catalog, spec, 'model.preset', 'vgg').model).toEqual({ preset: 'vgg', options: { blocks: [[32]] } })
  expect(at(reformed(catalog, spec, 'dataset.validation.from', 'train'), 'dataset.validation')).toEqual({
    from: 'train',
    fraction: 0.1,
  })
})

test('what both forms have and somebody changed stays, and so does the schedule', () => {
  const cosine = reformed(catalog, withValue(spec, 'optimizer.learning_rate', 0.003), 'optimizer.schedule.name', 'cosine')
  expect(reformed(catalog, cosine, 'optimizer.name', 'sgd').optimizer).toMatchObject({
    learning_rate: 0.003,
    schedule: { name: 'cosine', alpha: 0 },
  })
})

test('no form at all is null', () => {
  const cosine = reformed(catalog, spec, 'optimizer.schedule.name', 'cosine')
  expect(at(reformed(catalog, cosine, 'optimizer.schedule.name', null), 'optimizer.schedule')).toBeNull()
})
