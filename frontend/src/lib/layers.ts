/** The layers of a network as lines of a table: what keeps the shape stands beside what made it. */

import type { Layer } from './types'

export interface LayerLine {
  title: string
  shape: string
  parameters: number
}

/** Layers that are named beside the one before them, as long as the shape stays. */
const BESIDE = ['BatchNormalization', 'LayerNormalization', 'Dropout', 'SpatialDropout2D', 'Activation', 'ReLU', 'LeakyReLU']
const SHORT: Record<string, string> = {
  BatchNormalization: 'batch norm',
  LayerNormalization: 'layer norm',
  Dropout: 'dropout',
  SpatialDropout2D: 'dropout',
}

export const shapeText = (shape: (number | null)[]): string =>
  shape.map((size) => (size === null ? '?' : size.toLocaleString('en-US'))).join(' × ')

export function layerLines(layers: Layer[]): LayerLine[] {
  const lines: LayerLine[] = []
  for (const layer of layers) {
    const shape = shapeText(layer.output_shape)
    const last = lines.at(-1)
    if (last && BESIDE.includes(layer.type) && last.shape === shape) join(last, layer)
    else lines.push({ title: titleOf(layer), shape, parameters: layer.parameters })
  }
  return lines
}

function join(line: LayerLine, layer: Layer): void {
  line.title += `, ${titleOf(layer)}`
  line.parameters += layer.parameters
}

/** "Conv2D 32 3×3 same", "MaxPooling2D 2×2", "Dense 10 softmax", "dropout 0.5". */
export function titleOf({ type, config }: Layer): string {
  const words = [
    SHORT[type] ?? type,
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
