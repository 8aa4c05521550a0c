/** A list of layers as rows that keep their identity while layers are added, moved, edited or pasted as JSON. */

import { isObject } from '../spec/spec'
import type { Json, Spec } from '../api/types'

/** One layer as a spec has it. */
export type LayerSpec = { class_name: string; config?: Spec }

/** A layer with a number that stays with it; it is never reused for another layer. */
export interface Row {
  id: number
  layer: LayerSpec
}

/** Returns the layers of a model's list; null when an item is no layer, so that only JSON can show it. */
export function layersOf(value: Json | undefined): LayerSpec[] | null {
  return Array.isArray(value) && value.every(isLayer) ? (value as unknown as LayerSpec[]) : null
}

const isLayer = (value: Json): boolean =>
  isObject(value) && typeof value.class_name === 'string' && (value.config === undefined || isObject(value.config))

let lastId = 0

/** Returns the rows of `layers`. A layer that was there keeps its row; a new object at the place of one that is gone was
 * edited there and keeps the row's id. */
export function withIds(previous: Row[], layers: LayerSpec[]): Row[] {
  const rows = new Map(previous.map((row) => [row.layer, row]))
  const kept = new Set(layers)
  return layers.map((layer, index) => {
    const before = previous[index]
    const isEdited = before !== undefined && !kept.has(before.layer)
    return rows.get(layer) ?? { id: isEdited ? before.id : ++lastId, layer }
  })
}

export const inserted = (layers: LayerSpec[], index: number, layer: LayerSpec): LayerSpec[] => layers.toSpliced(index, 0, layer)

export const removed = (layers: LayerSpec[], index: number): LayerSpec[] => layers.toSpliced(index, 1)

export const replaced = (layers: LayerSpec[], index: number, layer: LayerSpec): LayerSpec[] => layers.with(index, layer)

export function moved(layers: LayerSpec[], from: number, to: number): LayerSpec[] {
  const layer = layers[from]
  return layer === undefined || to < 0 || to >= layers.length ? layers : inserted(removed(layers, from), to, layer)
}

/** Returns a copy for the row below. Keras refuses two layers of one name, so the copy has none. */
export function duplicate({ class_name, config = {} }: LayerSpec): LayerSpec {
  const { name: _, ...rest } = config
  return { class_name, config: structuredClone(rest) }
}

/** Returns where a layer is added at the end: before the layer that gives the probabilities. */
export function placeAtEnd(layers: LayerSpec[]): number {
  const last = layers.at(-1)
  const isOutput = last?.class_name === 'Softmax' || last?.config?.activation === 'softmax'
  return isOutput ? layers.length - 1 : layers.length
}
