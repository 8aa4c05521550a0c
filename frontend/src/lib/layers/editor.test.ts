import { expect, test } from 'vitest'
import { LayerEditor } from './editor.svelte'
import { catalog } from './layer-examples'
import type { LayerSpec } from './rows'
import type { Json, SpecCheck } from '../api/types'

const flatten: LayerSpec = { class_name: 'Flatten' }
const output: LayerSpec = { class_name: 'Dense', config: { units: 10, activation: 'softmax' } }

function editorOf(...layers: LayerSpec[]): { editor: LayerEditor; names: () => string[] } {
  let model = layers
  const editor = new LayerEditor(catalog, () => model as Json[], (changed) => (model = changed))
  return { editor, names: () => model.map(({ class_name }) => class_name) }
}

test('layers are added before the output, copied and moved', () => {
  const { editor, names } = editorOf(flatten, output)

  const row = editor.add('Conv2D')
  expect(names()).toEqual(['Flatten', 'Conv2D', 'Dense'])
  expect(editor.open.has(row.id)).toBe(true)

  editor.move(1, -1)
  editor.duplicate(0)
  expect(names()).toEqual(['Conv2D', 'Conv2D', 'Flatten', 'Dense'])
  expect(editor.rows[0]!.id).toBe(row.id)
  expect(editor.announcement).toBe('Conv2D copied as layer 2 of 4.')
})

test('removed layers come back where they were, the last one first', () => {
  const { editor, names } = editorOf(flatten, output)

  editor.remove(0)
  editor.remove(0)
  expect(names()).toEqual([])

  editor.undo()
  editor.undo()
  expect(names()).toEqual(['Flatten', 'Dense'])
  expect(editor.removed).toEqual([])
})

test('results and errors move with their rows', () => {
  const { editor } = editorOf(flatten, output)
  const layer = { name: '', type: '', config: {}, parameters: 650 }
  const answer = { layers: [{ ...layer, output_shape: [64], parameters: 0 }, { ...layer, output_shape: [10] }], layers_before_error: [] }
  editor.setResults(answer as unknown as SpecCheck)
  editor.setErrors(new Map([[1, [{ argument: 'units', msg: 'Too many' }]]]))

  editor.move(1, -1)

  const [first] = editor.rows
  expect(editor.results.get(first!.id)).toEqual({ shape: '10', parameters: '650' })
  expect(editor.errors.get(first!.id)).toHaveLength(1)
})
