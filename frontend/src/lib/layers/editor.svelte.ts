/** Edits a list of layers as rows: which are open, what the check says of each, and removed rows that can come back. */

import { newLayer } from './new-layer'
import { layerResults, type LayerError, type LayerResult } from './results'
import { duplicate, inserted, layersOf, moved, placeAtEnd, removed, replaced, withIds, type LayerSpec, type Row } from './rows'
import type { Catalog, Json, SpecCheck } from '../api/types'

interface Removed {
  index: number
  layer: LayerSpec
}

export class LayerEditor {
  readonly catalog: Catalog
  readonly #write: (layers: LayerSpec[]) => void
  #rows: Row[] = []
  #layers: LayerSpec[] = $derived.by(() => layersOf(this.read()) ?? [])
  rows: Row[] = $derived.by(() => (this.#rows = withIds(this.#rows, this.#layers)))
  open = $state.raw(new Set<number>())
  /** Removed layers, the last one first to come back. */
  removed = $state.raw<Removed[]>([])
  /** What the last action did, for screen readers. */
  announcement = $state('')
  results = $state.raw(new Map<number, LayerResult>())
  errors = $state.raw(new Map<number, LayerError[]>())
  readonly read: () => Json | undefined

  constructor(catalog: Catalog, read: () => Json | undefined, write: (layers: LayerSpec[]) => void) {
    this.catalog = catalog
    this.read = read
    this.#write = write
  }

  /** Gives each row the result at its position. A row keeps it until the next one, also when it is moved. */
  setResults(answer: SpecCheck | null): void {
    const results = layerResults(answer)
    if (!results.length) return
    this.results = new Map(results.flatMap((result, index) => (this.rows[index] ? [[this.rows[index].id, result]] : [])))
  }

  setErrors(byPosition: Map<number, LayerError[]>): void {
    this.errors = new Map([...byPosition].map(([index, errors]) => [this.rows[index]?.id ?? -1, errors]))
  }

  toggle(id: number): void {
    this.open = new Set(this.open.has(id) ? [...this.open].filter((other) => other !== id) : [...this.open, id])
  }

  change(index: number, layer: LayerSpec): void {
    this.#write(replaced(this.#layers, index, layer))
  }

  /** Adds a layer at `index`, or before the output, and opens it. Returns its row. */
  add(className: string, index = placeAtEnd(this.#layers)): Row {
    return this.#insert(newLayer(this.catalog, className), index, 'added')
  }

  duplicate(index: number): Row {
    return this.#insert(duplicate(this.#layers[index]!), index + 1, 'copied')
  }

  #insert(layer: LayerSpec, index: number, verb: string): Row {
    this.#write(inserted(this.#layers, index, layer))
    const row = this.rows[index]!
    this.open = new Set([...this.open, row.id])
    this.announcement = `${layer.class_name} ${verb} as layer ${index + 1} of ${this.rows.length}.`
    return row
  }

  /** Moves a layer up (−1) or down (1). */
  move(index: number, by: number): void {
    const layers = moved(this.#layers, index, index + by)
    if (layers === this.#layers) return
    this.#write(layers)
    this.announcement = `${layers[index + by]!.class_name} is now layer ${index + by + 1} of ${layers.length}.`
  }

  remove(index: number): void {
    const layer = this.#layers[index]!
    this.removed = [{ index, layer }, ...this.removed]
    this.#write(removed(this.#layers, index))
    this.announcement = `Layer ${index + 1}, ${layer.class_name}, removed.`
  }

  /** Puts the layer that was removed last where it was. Returns its row. */
  undo(): Row {
    const [{ index, layer }, ...rest] = this.removed as [Removed, ...Removed[]]
    this.removed = rest
    const place = Math.min(index, this.#layers.length)
    this.#write(inserted(this.#layers, place, layer))
    this.announcement = `${layer.class_name} is layer ${place + 1} again.`
    return this.rows[place]!
  }
}
