/** A model from a file or from pasted JSON: what the server read of it, and the changes that it offers. */

import { readDataset } from '../../api/client'
import { createVersion } from '../../api/labels'
import { readModelFile } from '../../api/models'
import { errorMessage } from '../../api/problem'
import type { Dataset, ModelFix, ModelRead, Spec } from '../../api/types'
import type { LayerSpec } from '../../layers/rows'
import { isObject, valueAt } from '../../spec/spec'
import type { Draft } from '../draft.svelte'
import { isModelText } from './model-json'

/** Pause after the last character before typed JSON is read. */
const DEBOUNCE_MS = 400
const POLL_MS = 1_000

export class ModelImport {
  /** The file's name; empty for JSON in the form. */
  name = $state('')
  answer = $state.raw<ModelRead | null>(null)
  /** What the file was before a change was applied: its program, and what was translated. */
  origin = $state.raw<Pick<ModelRead, 'dialect' | 'file' | 'notes' | 'fixes'> | null>(null)
  failure = $state('')
  isBusy = $state(false)
  /** The version of the dataset that is being made. */
  version = $state.raw<Dataset | null>(null)
  readonly #draft: Draft
  #source: Blob | string | null = null
  #timer: ReturnType<typeof setTimeout> | undefined
  #latest = 0

  constructor(draft: Draft) {
    this.#draft = draft
  }

  /** What is left to settle. A changed model says no image size any more, so that of the file stays offered. */
  get fixes(): ModelFix[] {
    const fixes = this.answer?.fixes ?? []
    const sizes = (this.origin?.fixes ?? []).filter(({ version }) => version && version.dataset === this.#dataset)
    return this.answer === this.origin ? fixes : [...sizes, ...fixes.filter(({ version }) => !version)]
  }

  get #dataset(): string {
    return String(valueAt(this.#draft.spec, 'dataset.name'))
  }

  /** Reads a file and takes its model into the draft. */
  async open(file: Blob, name: string): Promise<void> {
    this.close()
    this.name = name
    if ((await this.#read(file)) && this.answer?.model) this.#take(this.answer.model)
  }

  /** Reads JSON that was typed or pasted, once the user pauses. The draft already has it. */
  check(text: string): void {
    this.close()
    if (isModelText(text)) this.#timer = setTimeout(() => void this.#read(text), DEBOUNCE_MS)
  }

  /** Reads the model again, because the dataset is another one. */
  readAgain(): void {
    if (this.#source !== null && this.answer) void this.#read(this.#source)
  }

  /** Takes the model that was read into the draft, in the form of Keras 3. */
  use(): void {
    if (this.answer?.model) this.#take(this.answer.model)
  }

  /** Applies a change to the spec, and reads the changed model for what is left. */
  async apply(fix: ModelFix): Promise<void> {
    const { model, augmentation, ...values } = fix.changes
    for (const [path, value] of Object.entries(values)) this.#draft.set(path, value ?? null)
    if (isObject(augmentation)) this.#augment(augmentation)
    if (isObject(model)) {
      this.#take(model)
      await this.#read(JSON.stringify(model))
    }
    if (fix.version) await this.#resize(fix.version)
  }

  close(): void {
    clearTimeout(this.#timer)
    this.#latest += 1
    this.#source = this.answer = this.origin = this.version = null
    ;[this.name, this.failure, this.isBusy] = ['', '', false]
  }

  async #read(source: Blob | string): Promise<boolean> {
    const request = ++this.#latest
    ;[this.isBusy, this.failure, this.#source] = [true, '', source]
    try {
      const answer = await readModelFile(source, this.#dataset)
      if (request !== this.#latest) return false
      this.answer = answer
      this.origin ??= answer
    } catch (error) {
      if (request !== this.#latest) return false
      this.failure = errorMessage(error)
    }
    this.isBusy = false
    return this.failure === ''
  }

  #take(model: Spec): void {
    if (Array.isArray(model.layers)) this.#draft.setLayers(model.layers as unknown as LayerSpec[])
    else this.#draft.setModelText('keras', JSON.stringify(model.keras, null, 2))
  }

  #augment(changes: Spec): void {
    if (!isObject(valueAt(this.#draft.spec, 'augmentation'))) this.#draft.switch('augmentation', true)
    for (const [key, value] of Object.entries(changes)) this.#draft.set(`augmentation.${key}`, value ?? null)
  }

  /** Makes the version of the dataset that fits the file, and chooses it when it is ready. */
  async #resize({ dataset, image_size, color }: NonNullable<ModelFix['version']>): Promise<void> {
    const request = this.#latest
    try {
      this.version = await createVersion(dataset, { image_size, ...(color ? { color } : {}) })
      while (this.version.status === 'preparing' && request === this.#latest) {
        await new Promise((resolve) => setTimeout(resolve, POLL_MS))
        this.version = await readDataset(this.version.name)
      }
      if (this.version.status === 'ready' && request === this.#latest) this.#draft.set('dataset.name', this.version.name)
    } catch (error) {
      if (request === this.#latest) this.failure = errorMessage(error)
    }
  }
}
