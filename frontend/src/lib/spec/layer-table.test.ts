import { expect, test } from 'vitest'
import { foldedRows, layerRows, sumOf } from './layer-table'
import type { Layer } from '../api/types'

const layer = (type: string, output_shape: number[], parameters: number, config: Layer['config'] = {}): Layer => ({
  name: type,
  type,
  output_shape,
  parameters,
  config,
})

test('a layer that keeps the shape shares the row of the layer before', () => {
  const layers = [
    layer('Conv2D', [28, 28, 32], 320, { filters: 32, kernel_size: [3, 3], padding: 'same', activation: 'relu' }),
    layer('BatchNormalization', [28, 28, 32], 128),
    layer('MaxPooling2D', [14, 14, 32], 0),
    layer('Flatten', [6272], 0),
    layer('Dropout', [6272], 0, { rate: 0.5 }),
    layer('Dense', [10], 62730, { units: 10, activation: 'softmax' }),
  ]
  expect(layerRows(layers)).toEqual([
    { title: 'Conv2D 32 3×3 same, batch norm', shape: '28 × 28 × 32', parameters: 448, layers: 2 },
    { title: 'MaxPooling2D 2×2', shape: '14 × 14 × 32', parameters: 0, layers: 1 },
    { title: 'Flatten, dropout 0.5', shape: '6,272', parameters: 0, layers: 2 },
    { title: 'Dense 10 softmax', shape: '10', parameters: 62730, layers: 1 },
  ])
})

test('strides are shown', () => {
  const strided = layer('Conv2D', [13, 13, 32], 320, { filters: 32, kernel_size: 3, strides: [2, 2] })
  expect(layerRows([strided])[0]!.title).toBe('Conv2D 32 3×3 strides 2')
})

test('a deep network is folded to its ends, a network of some layers is not', () => {
  const deep = layerRows(Array.from({ length: 60 }, (_, at) => [layer('Conv2D', [8, 8, at], 100), layer('ReLU', [8, 8, at], 0)]).flat())
  const { first, hidden, last } = foldedRows(deep)
  expect([first.length, hidden.length, last.length]).toEqual([6, 48, 6])
  expect([...first, ...hidden, ...last]).toEqual(deep)
  expect([sumOf(hidden, 'layers'), sumOf(hidden, 'parameters')]).toEqual([96, 4800])
  expect(foldedRows(deep.slice(0, 20))).toEqual({ first: deep.slice(0, 20), hidden: [], last: [] })
})
