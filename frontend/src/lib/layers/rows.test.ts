import { expect, test } from 'vitest'
import { duplicate, inserted, layersOf, moved, placeAtEnd, removed, replaced, withIds, type LayerSpec } from './rows'

const flatten: LayerSpec = { class_name: 'Flatten' }
const hidden: LayerSpec = { class_name: 'Dense', config: { units: 64, name: 'hidden' } }
const output: LayerSpec = { class_name: 'Dense', config: { units: 10, activation: 'softmax' } }
const layers = [flatten, hidden, output]

test('only a list of layers has rows', () => {
  expect(layersOf(layers as never)).toBe(layers)
  expect(layersOf([1])).toBeNull()
  expect(layersOf([{ class_name: 'Dense', config: 3 }])).toBeNull()
  expect(layersOf({})).toBeNull()
})

test('rows keep their identity when layers are moved, removed, inserted or edited', () => {
  const rows = withIds([], layers)
  const ids = rows.map(({ id }) => id)

  expect(withIds(rows, moved(layers, 0, 2)).map(({ id }) => id)).toEqual([ids[1], ids[2], ids[0]])
  expect(withIds(rows, removed(layers, 1)).map(({ id }) => id)).toEqual([ids[0], ids[2]])
  const longer = withIds(rows, inserted(layers, 1, duplicate(hidden))).map(({ id }) => id)
  expect([longer[0], longer[2], longer[3]]).toEqual(ids)
  expect(ids).not.toContain(longer[1])
  expect(withIds(rows, replaced(layers, 1, { ...hidden, config: { units: 128 } })).map(({ id }) => id)).toEqual(ids)
})

test('pasted JSON has new objects, which take the rows of their places', () => {
  const rows = withIds([], layers)
  const pasted = withIds(rows, structuredClone(layers))
  expect(pasted.map(({ id }) => id)).toEqual(rows.map(({ id }) => id))
})

test('a move past the ends changes nothing', () => {
  expect(moved(layers, 0, -1)).toBe(layers)
  expect(moved(layers, 2, 3)).toBe(layers)
})

test('a copy has no name of its own', () => {
  expect(duplicate(hidden)).toEqual({ class_name: 'Dense', config: { units: 64 } })
  expect(duplicate(flatten)).toEqual({ class_name: 'Flatten', config: {} })
})

test('a layer is added before the output, or at the end where there is none', () => {
  expect(placeAtEnd(layers)).toBe(2)
  expect(placeAtEnd([flatten])).toBe(1)
  expect(placeAtEnd([])).toBe(0)
})
