import { expect, test } from 'vitest'
import { layerErrors, layerResults } from './results'
import type { SpecCheck } from '../api/types'

const layer = { name: 'conv2d', type: 'Conv2D', output_shape: [26, 26, 32], parameters: 1320, config: {} }
const flat = { ...layer, output_shape: [21632], parameters: 0 }

test('each layer has its shape and parameters', () => {
  const answer = { ok: true, layers: [layer, flat], layers_before_error: [] } as unknown as SpecCheck
  expect(layerResults(answer)).toEqual([
    { shape: '26 × 26 × 32', parameters: '1,320' },
    { shape: '21,632', parameters: '' },
  ])
})

test('of an impossible list, the layers before its error have shapes', () => {
  const answer = { ok: false, layers: [], layers_before_error: [layer] } as unknown as SpecCheck
  expect(layerResults(answer)).toHaveLength(1)
  expect(layerResults(null)).toEqual([])
})

test('errors stand at their layer and argument, without saying so again', () => {
  const errors = layerErrors([
    { loc: ['model', 'layers', 2, 'config', 'units'], msg: 'layer 3, Dense: units must be a whole number from 1 to 16,384; you gave 0' },
    { loc: ['model', 'layers', 0], msg: 'layer 1, Conv2D, gets 8×8×1, and its window does not fit into it' },
    { loc: ['body', 'spec', 'model', 'layers', 'layers', 0, 'class_name'], msg: 'at least 1 character' },
    { loc: ['model', 'layers'], msg: 'at most 300 layers' },
    { loc: ['epochs'], msg: 'at least 1' },
  ])
  expect(errors.get(2)).toMatchObject([{ argument: 'units', msg: 'Must be a whole number from 1 to 16,384; you gave 0' }])
  expect(errors.get(0)).toMatchObject([
    { argument: null, msg: 'Gets 8×8×1, and its window does not fit into it' },
    { argument: null, msg: 'At least 1 character' },
  ])
  expect(errors.get(-1)).toMatchObject([{ msg: 'At most 300 layers' }])
  expect([...errors.keys()].sort()).toEqual([-1, 0, 2])
})
