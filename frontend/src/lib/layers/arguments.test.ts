import { expect, test } from 'vitest'
import { catalog } from './layer-examples'
import { argumentsOf, parseArgument, summary, withArgument, valueOf } from './arguments'
import { objectChoice, objectOption, withObjectOption } from './objects'
import { newLayer } from './new-layer'

const { common, more } = argumentsOf(catalog, 'Conv2D')
const [filters, kernelSize, padding] = common as [never, never, never]
const [regularizer] = more as [never]
const conv = { class_name: 'Conv2D', config: { filters: 32, kernel_size: [3, 3] } }

test('common arguments are apart from the others', () => {
  expect(common.map(({ name }) => name)).toEqual(['filters', 'kernel_size', 'padding'])
  expect(more.map(({ name }) => name)).toEqual(['kernel_regularizer'])
  expect(argumentsOf(catalog, 'Add')).toEqual({ common: [], more: [] })
})

test('an argument with the default value is not written', () => {
  expect(withArgument(conv, padding, 'same').config).toEqual({ filters: 32, kernel_size: [3, 3], padding: 'same' })
  expect(withArgument({ ...conv, config: { padding: 'same' } }, padding, 'valid').config).toEqual({})
  expect(withArgument(conv, filters, null).config).toEqual({ kernel_size: [3, 3] })
  expect(valueOf(conv, padding)).toBe('valid')
})

test('one number may stand for a list, and what is no number stays as typed', () => {
  expect(parseArgument(kernelSize, '3')).toBe(3)
  expect(parseArgument(kernelSize, '3, 5')).toEqual([3, 5])
  expect(parseArgument(filters, '')).toBeNull()
  expect(parseArgument(filters, 'many')).toBe('many')
})

test('a summary names what is not the default', () => {
  const layer = { ...conv, config: { ...conv.config, padding: 'same', name: 'stem', kernel_regularizer: 'L2' } }
  expect(summary(catalog, layer)).toBe('32 · 3×3 · same · kernel_regularizer L2')
  expect(summary(catalog, { class_name: 'Add' })).toBe('')
})

test('an object is its name until one of its arguments is set', () => {
  const choices = catalog.layer_objects.regularizer!
  const l2 = objectChoice(choices, 'l2')!
  const option = l2.options[0]!
  const written = withObjectOption(l2, 'L2', option, 0.001)

  expect(written).toEqual({ class_name: 'L2', config: { l2: 0.001 } })
  expect(objectChoice(choices, written)).toBe(l2)
  expect([objectOption(written, option), objectOption('L2', option)]).toEqual([0.001, 0.01])
  expect(withObjectOption(l2, written, option, null)).toBe('L2')
  expect(objectChoice(choices, 'mine')).toBeUndefined()
  expect(withArgument(conv, regularizer, written).config).toHaveProperty('kernel_regularizer', written)
})

test('a new layer has values for what Keras requires', () => {
  expect(newLayer(catalog, 'Conv2D')).toEqual({ class_name: 'Conv2D', config: { filters: 32, kernel_size: 3 } })
  expect(newLayer(catalog, 'Flatten')).toEqual({ class_name: 'Flatten', config: {} })
})
