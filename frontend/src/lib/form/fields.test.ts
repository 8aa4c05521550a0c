import { expect, test } from 'vitest'
import { errorsByPath, fieldsOf, fieldErrors } from './fields'
import { catalog, spec } from './form-examples'
import { withValue } from '../spec/spec'

const paths = (of = spec) => fieldsOf(catalog, of).map((field) => field.path)

test('the fields of a spec are those of the chosen options, each once', () => {
  expect(paths()).toEqual([
    'dataset.validation.from',
    'augmentation',
    'class_weights',
    'epochs',
    'model.preset',
    'optimizer.name',
    'optimizer.schedule.name',
    'model.options.filters',
    'optimizer.learning_rate',
  ])
})

test('a part that is on has its fields, and a choice its options', () => {
  expect(paths(withValue(spec, 'augmentation', { zoom: 0.1 }))).toContain('augmentation.zoom')
  expect(paths(withValue(spec, 'dataset.validation', { from: 'train', fraction: 0.1 }))).toContain(
    'dataset.validation.fraction',
  )
  expect(paths({ ...spec, model: { layers: [] } })).not.toContain('model.preset')
})

test('the form finds errors without the server', () => {
  const wrong = { ...withValue(spec, 'optimizer.learning_rate', 11), epochs: 0, class_weights: { cat: 1, dog: -1 } }
  expect(fieldErrors(fieldsOf(catalog, wrong), wrong)).toEqual({
    epochs: 'Enter a whole number from 1 to 100,000',
    'optimizer.learning_rate': 'Enter a number above 0 and at most 10',
    class_weights: 'Enter a number from 0 to 1,000,000 for dog',
  })
})

test("the server's errors are assigned to their fields", () => {
  const known = ['epochs', 'model', 'model.options.filters', 'model.layers', 'model.keras', 'dataset.name', 'name', 'optimizer.schedule']
  const at = (loc: (string | number)[], msg = 'no') => errorsByPath([{ loc, msg }], known)
  expect(at(['spec', 'epochs'], 'too many')).toEqual({ epochs: 'too many' })
  expect(at(['spec', 'model', 'strided_cnn', 'options', 'filters', 0])).toEqual({ 'model.options.filters': 'no' })
  expect(at(['dataset', 'name'], 'unknown')).toEqual({ 'dataset.name': 'unknown' })
  expect(at(['optimizer', 'schedule'])).toEqual({ 'optimizer.schedule': 'no' })
  expect(at(['model', 'options'])).toEqual({ model: 'no' })
  expect(at(['model', 'layers', 2, 'config', 'units'])).toEqual({ 'model.layers': 'layer 3, units: no' })
  expect(at(['model', 'keras', 'config', 'layers', 0])).toEqual({ 'model.keras': 'no' })
  expect(at(['init'], 'not built yet')).toEqual({ '': 'init: not built yet' })
})

test('two errors of one field are joined', () => {
  const errors = ['wide', 'deep'].map((msg) => ({ loc: ['model', 'layers', 0], msg }))
  expect(errorsByPath(errors, ['model.layers'])).toEqual({ 'model.layers': 'layer 1: wide; layer 1: deep' })
})
