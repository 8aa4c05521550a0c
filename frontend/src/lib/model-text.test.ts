import { expect, test } from 'vitest'
import { beginning, parsedModel } from './model-text'
import type { SpecCheck } from './types'

test('a list of layers, alone or as the spec has it', () => {
  const layers = [{ class_name: 'Flatten', config: {} }]
  expect(parsedModel('layers', JSON.stringify(layers))).toEqual({ value: layers, error: null })
  expect(parsedModel('layers', JSON.stringify({ layers }))).toEqual({ value: layers, error: null })
})

test('a Keras model, also printed with the quotes around it', () => {
  const model = { class_name: 'Sequential', config: { layers: [] } }
  expect(parsedModel('keras', JSON.stringify(model))).toEqual({ value: model, error: null })
  expect(parsedModel('keras', JSON.stringify(JSON.stringify(model)))).toEqual({ value: model, error: null })
})

test('what is no model says what one is', () => {
  expect(parsedModel('keras', '').error).toBe('paste what model.to_json() gives')
  expect(parsedModel('layers', '[').error).toMatch(/^no JSON: /)
  expect(parsedModel('layers', '[]').error).toBe('at least one layer')
  expect(parsedModel('layers', '3').error).toContain('you gave a number')
  expect(parsedModel('keras', '[]').error).toContain('you gave a list')
})

test('a list begins from the layers that the board has told', () => {
  const dense = { name: 'dense', type: 'Dense', output_shape: [3], parameters: 9, config: { units: 3 } }
  expect(beginning('layers', { layers: [dense], classes: 3 } as unknown as SpecCheck)).toEqual([
    { class_name: 'Dense', config: { units: 3 } },
  ])
  expect(beginning('layers', null)).toHaveLength(2)
  expect(beginning('keras', null)).toEqual({})
})
