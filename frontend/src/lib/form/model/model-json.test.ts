import { expect, test } from 'vitest'
import { initialModel, parseModel, isModelText } from './model-json'
import type { SpecCheck } from '../../api/types'

test('a list of layers, alone or under the key layers', () => {
  const layers = [{ class_name: 'Flatten', config: {} }]
  expect(parseModel('layers', JSON.stringify(layers))).toEqual({ value: layers, error: null })
  expect(parseModel('layers', JSON.stringify({ layers }))).toEqual({ value: layers, error: null })
})

test('a Keras model, also as a quoted string', () => {
  const model = { class_name: 'Sequential', config: { layers: [] } }
  expect(parseModel('keras', JSON.stringify(model))).toEqual({ value: model, error: null })
  expect(parseModel('keras', JSON.stringify(JSON.stringify(model)))).toEqual({ value: model, error: null })
})

test('invalid text is refused with what is expected', () => {
  expect(parseModel('keras', '').error).toBe('Paste the output of model.to_json()')
  expect(parseModel('layers', '[').error).toMatch(/^Not valid JSON: /)
  expect(parseModel('keras', 'from tensorflow import keras').error).toContain('Python code is never run')
  expect(parseModel('layers', '[]').error).toBe('Enter at least one layer')
  expect(parseModel('layers', '3').error).toContain('This is a number')
  expect(parseModel('keras', '[]').error).toContain('This is a list')
})

test('the initial list has the layers of the last check', () => {
  const dense = { name: 'dense', type: 'Dense', output_shape: [3], parameters: 9, config: { units: 3 } }
  expect(initialModel('layers', { layers: [dense], classes: 3 } as unknown as SpecCheck)).toEqual([
    { class_name: 'Dense', config: { units: 3 } },
  ])
  expect(initialModel('layers', null)).toHaveLength(2)
  expect(initialModel('keras', null)).toEqual({})
})

test('objects, lists and strings of JSON may be models', () => {
  for (const text of ['{"class_name": "Sequential"}', ' [{"class_name": "Flatten"}]', '"{}"']) expect(isModelText(text)).toBe(true)
})

test('an empty form and other text are not sent', () => {
  for (const text of ['', '{}', 'line 1 of a log', '12']) expect(isModelText(text)).toBe(false)
})
