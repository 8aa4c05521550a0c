/** The layers of a network as table rows. A layer that keeps the shape shares the row of the layer before it. */

import { count } from '../text/format'
import type { Layer } from '../api/types'

export interface LayerRow {
  title: string
  shape: string
  parameters: number
  /** How many layers share the row. */
  layers: number
}

/** The rows at both ends of a network, and what lies between them. */
export interface FoldedRows {
  first: LayerRow[]
  hidden: LayerRow[]
  last: LayerRow[]
}

/** A network of more rows is folded to its first and its last ones. */
const MAX_ROWS = 20
const FIRST_ROWS = 6
const LAST_ROWS = 6

/** Layers that share a row with the layer before them when the shape stays the same. */
const SHARES_ROW = ['BatchNormalization', 'LayerNormalization', 'Dropout', 'SpatialDropout2D', 'Activation', 'ReLU', 'LeakyReLU']
const SHORT_TITLES: Record<string, string> = {
  BatchNormalization: 'batch norm',
  LayerNormalization: 'layer norm',
  Dropout: 'dropout',
  SpatialDropout2D: 'dropout',
}

export const shapeText = (shape: (number | null)[]): string =>
  shape.map((size) => (size === null ? '?' : count(size))).join(' × ')

export function layerRows(layers: Layer[]): LayerRow[] {
  const rows: LayerRow[] = []
  for (const layer of layers) {
    const shape = shapeText(layer.output_shape)
    const last = rows.at(-1)
    if (last && SHARES_ROW.includes(layer.type) && last.shape === shape) join(last, layer)
    else rows.push({ title: titleOf(layer), shape, parameters: layer.parameters, layers: 1 })
  }
  return rows
}

function join(row: LayerRow, layer: Layer): void {
  row.title += `, ${titleOf(layer)}`
  row.parameters += layer.parameters
  row.layers += 1
}

/** Folds the middle of a deep network, such as a backbone of 60 rows. */
export function foldedRows(rows: LayerRow[]): FoldedRows {
  if (rows.length <= MAX_ROWS) return { first: rows, hidden: [], last: [] }
  return { first: rows.slice(0, FIRST_ROWS), hidden: rows.slice(FIRST_ROWS, -LAST_ROWS), last: rows.slice(-LAST_ROWS) }
}

export const sumOf = (rows: LayerRow[], key: 'layers' | 'parameters'): number => rows.reduce((sum, row) => sum + row[key], 0)

/** "Conv2D 32 3×3 same", "MaxPooling2D 2×2", "Dense 10 softmax", "dropout 0.5". */
export function titleOf({ type, config }: Layer): string {
  const words = [
    SHORT_TITLES[type] ?? type,
    config.filters ?? config.units ?? config.rate,
    sides(config.kernel_size ?? config.pool_size ?? (type.includes('Pooling2D') && !type.startsWith('Global') ? 2 : null)),
    strided(type, config.strides),
    config.padding === 'same' ? 'same' : null,
    config.activation === 'softmax' || type === 'Activation' ? config.activation : null,
  ]
  return words.filter((word) => word !== null && word !== undefined && word !== '').join(' ')
}

function sides(size: unknown): string | null {
  if (typeof size === 'number') return `${size}×${size}`
  return Array.isArray(size) ? size.join('×') : null
}

function strided(type: string, strides: unknown): string | null {
  if (!type.includes('Conv2D')) return null
  const step = Array.isArray(strides) ? strides[0] : strides
  return typeof step === 'number' && step > 1 ? `strides ${step}` : null
}
