/** The draft of a new run: the spec of a recipe or of another run, and what was changed in it. */

import { chosenDataset } from '../datasets/versions'
import type { RunRequest } from '../api/client'
import type { StudyRequest } from '../api/study-types'
import type { FieldError } from '../api/problem'
import { equal } from '../spec/equal'
import { errorsByPath, fieldsOf, fieldErrors, CHOICE_FIELDS, type Field, type ChoicePath } from './fields'
import { parseTags } from '../text/fields/tags'
import { hasSmoothing, withChoice, withPart, withScalingOf, withValidationOf } from './part-choices'
import { NO_STUDY, StudyDraft, type StoredStudy } from './study/study-draft.svelte'
import { layerErrors, type LayerError } from '../layers/results'
import type { LayerSpec } from '../layers/rows'
import { capital } from '../text/format'
import { withDataset } from './recipes/photo-recipes'
import { nextName, type DraftSource } from './draft-source'
import { KeptModels } from './model/kept-models'
import { parseModel, TEXT_FORMS, type TextForm } from './model/model-json'
import { valueAt, isObject, modelForm, withValue } from '../spec/spec'
import type { BackboneChoice, Catalog, Dataset, Json, Limit, Spec } from '../api/types'

const RUN_FIELDS = ['name', 'tags', 'notes']
/** Paths that are no fields but for which the server may report errors. */
const PART_PATHS = ['model', 'model.layers', 'model.keras', 'optimizer.schedule', 'dataset.validation', 'class_weights']
const TITLES: Record<string, string> = {
  'model.layers': 'List of layers',
  'model.keras': 'Keras model',
  'optimizer.name': 'Optimizer',
  'optimizer.schedule': 'Schedule',
  'dataset.validation': 'Validation images',
}

/** The part of a draft that is stored while another page is open. */
export interface StoredDraft {
  spec: Spec
  name: string
  tags: string
  notes: string
  texts: Record<string, string>
  /** What the models written as JSON began with, by their forms. */
  initial?: Record<string, Json>
  study?: StoredStudy
}

export class Draft {
  readonly recipe: DraftSource
  /** The id of the run that this draft is a copy of. */
  readonly origin: string | null
  readonly catalog: Catalog
  readonly study: StudyDraft
  spec = $state.raw<Spec>({})
  name = $state('')
  tags = $state('')
  notes = $state('')
  /** The validation accuracy that the user expects, 0 to 1; null for no bet. */
  bet = $state<number | null>(null)
  datasets = $state.raw<Dataset[]>([])
  /** Models written as JSON, as typed; not those that are as their form began. */
  texts = $state.raw<Record<string, string>>({})
  /** Errors of the last launch by path; '' holds errors of no field. */
  launchErrors = $state.raw<Record<string, string>>({})
  /** Errors of the last spec check by path. */
  checkErrors = $state.raw<Record<string, string>>({})
  /** Errors in a list of layers by position, as the last check or launch found them. */
  layerErrors = $state.raw<Map<number, LayerError[]>>(new Map())
  /** The form shows what was changed in this tab before, as at the last launch. */
  isRestored = $state(false)
  #start = $state.raw<Spec>({})
  #startName = ''
  #kept = new KeptModels()

  fields: Field[] = $derived.by(() => fieldsOf(this.catalog, this.spec))
  formErrors: Record<string, string> = $derived.by(() => ({ ...fieldErrors(this.fields, this.spec), ...this.#modelJsonErrors() }))
  errors: Record<string, string> = $derived.by(() => ({ ...this.checkErrors, ...this.launchErrors, ...this.formErrors }))
  isChanged: boolean = $derived.by(() => !equal(this.spec, this.recipe.spec))
  /** True when the user changed anything; the dataset in the address and what fits to it are no change. */
  isEdited: boolean = $derived.by(() => !equal(this.#edits(), { spec: this.#start, name: this.#startName, tags: '', notes: '', texts: {}, study: NO_STUDY }))
  dataset: Dataset | undefined = $derived.by(() =>
    chosenDataset(this.datasets, String(valueAt(this.spec, 'dataset.name'))),
  )

  constructor(recipe: DraftSource, catalog: Catalog, stored: StoredDraft | null, dataset: string | null, origin: string | null = null) {
    this.recipe = recipe
    this.origin = origin
    this.catalog = catalog
    this.#initialize(dataset)
    const { study, initial, ...before } = stored ?? {}
    Object.assign(this, before)
    this.#kept = new KeptModels(initial)
    this.study = new StudyDraft((path) => this.varyLimit(path), study)
    this.isRestored = stored !== null && this.isEdited
  }

  #initialize(dataset: string | null): void {
    this.#start = dataset === null ? this.recipe.spec : withDataset(this.recipe.spec, dataset)
    this.spec = this.#start
    this.name = this.#startName = this.origin !== null ? nextName(this.recipe.name) : (dataset ?? this.recipe.name)
    this.tags = this.notes = ''
    this.bet = null
    this.texts = {}
    this.#kept = new KeptModels()
  }

  /** Returns to the recipe, with its own dataset or the given one. */
  reset(dataset: string | null): void {
    this.#initialize(dataset)
    this.setDatasets(this.datasets)
    this.study.change(NO_STUDY)
    this.isRestored = false
    this.launchErrors = this.checkErrors = {}
  }

  /** A form whose spec was not changed validates on the validation split of its dataset, where that has one. */
  setDatasets(datasets: Dataset[]): void {
    this.datasets = datasets
    const dataset = chosenDataset(datasets, String(valueAt(this.#start, 'dataset.name')))
    if (this.origin !== null || !dataset) return
    const isStart = equal(this.spec, this.#start)
    this.#start = withValidationOf(dataset, this.#start)
    if (isStart) this.spec = this.#start
  }

  stored(): StoredDraft {
    return { ...this.#edits(), initial: { ...this.#kept.initial } }
  }

  #edits(): Omit<StoredDraft, 'initial'> {
    return { spec: this.spec, name: this.name, tags: this.tags, notes: this.notes, texts: this.texts, study: this.study.text }
  }

  limit(path: string): Limit | undefined {
    return this.fields.find((field) => field.path === path)?.limit
  }

  /** The limit of a field that a study varies: datasets are those that can be trained on, and no schedule is a constant one. */
  varyLimit(path: string): Limit | undefined {
    const limit = this.limit(path)
    if (limit && path === 'dataset.name') return { ...limit, choices: this.datasets.filter(({ status }) => status === 'ready').map(({ name }) => name) }
    return limit && path === 'optimizer.schedule.name' ? { ...limit, nullable: false } : limit
  }

  set(path: string, value: Json): void {
    this.spec = withValue(this.spec, path, value)
    if (path === 'dataset.name') this.#fitToDataset()
    if (path === 'loss.name' && !hasSmoothing(this.catalog, value)) this.set('loss.label_smoothing', 0)
    this.clearErrors(path)
  }

  /** Sets values by their paths, as a notice of the check suggests. */
  apply(changes: Record<string, unknown>): void {
    for (const [path, value] of Object.entries(changes)) this.set(path, value as Json)
  }

  /** Keeps the weights of classes that the new dataset has, too. */
  #fitToDataset(): void {
    if (this.dataset) this.spec = withValidationOf(this.dataset, this.spec)
    const before = valueAt(this.spec, 'class_weights')
    if (isObject(before)) this.weighByClass(before)
  }

  weighByClass(before: Spec = {}): void {
    const weights = (this.dataset?.classes ?? []).map((name) => [name, before[name] ?? 1])
    this.set('class_weights', Object.fromEntries(weights))
  }

  switch(path: string, isOn: boolean): void {
    this.spec = withPart(this.catalog, this.spec, path, isOn)
    this.clearErrors(path)
  }

  choose(form: ChoicePath, name: string | null): void {
    this.spec = withChoice(this.catalog, this.spec, form, name)
    this.clearErrors(form)
  }

  /** Switches between presets, backbones and models as JSON. The last state of each is restored when the user returns to it. */
  setModelForm(form: string, initial: Json): void {
    const before = modelForm(this.spec)
    if (!this.#kept.keep(before, this.spec.model ?? null, this.texts[before])) this.#forgetText(before)
    const [model, text] = [this.#kept.get(form), this.texts[form]]
    if (text !== undefined) this.setModelText(form as TextForm, text)
    else if (model) this.spec = { ...this.spec, model }
    else if (TEXT_FORMS.includes(form as TextForm)) this.spec = { ...this.spec, model: this.#kept.begin(form, initial) }
    else this.choose(this.#backbone(form) ? 'model.backbone' : 'model.preset', form)
    this.spec = withScalingOf(this.#backbone(form), this.#backbone(before), this.spec)
    this.clearErrors('model')
  }

  #forgetText(form: string): void {
    this.texts = Object.fromEntries(Object.entries(this.texts).filter(([other]) => other !== form))
  }

  #backbone(form: string): BackboneChoice | undefined {
    return this.catalog.backbones.find((backbone) => backbone.name === form)
  }

  /** Sets the model's JSON. Text that can't be parsed empties the model and is an error. */
  setModelText(form: TextForm, text: string): void {
    this.texts = { ...this.texts, [form]: text }
    const { value } = parseModel(form, text)
    this.spec = { ...this.spec, model: { [form]: value ?? (form === 'layers' ? [] : {}) } }
    this.clearErrors(`model.${form}`)
  }

  /** Opens the layers of a preset's network in place of it. */
  openAsLayers(initial: Json): void {
    this.#kept.forget('layers')
    this.#forgetText('layers')
    this.setModelForm('layers', initial)
  }

  /** Sets a list of layers. The objects stay the same, so that rows can be recognized. */
  setLayers(layers: LayerSpec[]): void {
    this.texts = { ...this.texts, layers: JSON.stringify(layers, null, 2) }
    this.spec = { ...this.spec, model: { layers: layers as Json[] } }
    this.clearErrors('model.layers')
  }

  #modelJsonErrors(): Record<string, string> {
    const form = modelForm(this.spec)
    if (!TEXT_FORMS.includes(form as TextForm)) return {}
    const { error } = parseModel(form as TextForm, this.texts[form] ?? JSON.stringify(valueAt(this.spec, `model.${form}`)))
    return error ? { [`model.${form}`]: error } : {}
  }

  /** Removes the errors at an edited path, and all launch errors of the spec: the next check covers the whole spec. */
  clearErrors(path: string): void {
    const isElsewhere = ([other]: [string, string]): boolean => !`${other}.`.startsWith(`${path}.`)
    const isRunField = ([other]: [string, string]): boolean => RUN_FIELDS.includes(other)
    this.launchErrors = Object.fromEntries(Object.entries(this.launchErrors).filter((entry) => isRunField(entry) && isElsewhere(entry)))
    this.checkErrors = Object.fromEntries(Object.entries(this.checkErrors).filter(isElsewhere))
  }

  /** Returns the recipe's value at a path when it differs from the draft's. Undefined when it is equal, or when the recipe
   * has no such field: the change is then shown at the part that added it. Null stands for no choice. */
  valueBefore(path: string): Json | undefined {
    const value = (spec: Spec): Json | undefined => valueAt(spec, path) ?? (path in CHOICE_FIELDS ? null : valueAt(spec, path))
    const original = value(this.recipe.spec)
    return equal(original, value(this.spec)) ? undefined : original
  }

  setLaunchErrors(errors: FieldError[]): void {
    this.layerErrors = layerErrors(errors)
    this.launchErrors = errorsByPath(errors, [...RUN_FIELDS, ...this.#paths()])
  }

  setCheckErrors(errors: FieldError[]): void {
    this.layerErrors = layerErrors(errors)
    this.checkErrors = errorsByPath(errors, this.#paths())
  }

  #paths(): string[] {
    return [...PART_PATHS, ...Object.keys(CHOICE_FIELDS), ...this.fields.map((field) => field.path)]
  }

  /** Returns the titles of fields with errors at these paths and below them. */
  titlesWithErrors(paths: string[]): string[] {
    const withErrors = Object.keys(this.errors).filter((path) =>
      paths.some((part) => path !== '' && `${path}.`.startsWith(`${part}.`)),
    )
    return [...new Set(withErrors.map((path) => this.titleOf(path)))]
  }

  titleOf(path: string): string {
    return TITLES[path] ?? (this.limit(path)?.title || capital(path.split('.').at(-1)!.replaceAll('_', ' ')))
  }

  /** Returns a warning with the title of its field. */
  withTitle({ loc, msg }: FieldError): string {
    const path = loc.filter((key) => typeof key === 'string').join('.')
    return this.limit(path) || TITLES[path] ? `${this.titleOf(path)}: ${msg}` : capital(msg)
  }

  /** Returns the request that launches the run: the recipe's name while the spec is unchanged, else the spec. */
  request(): RunRequest {
    const name = this.name.trim()
    return {
      ...(this.isChanged || this.origin !== null ? { spec: this.spec } : { recipe: this.recipe.name }),
      ...(this.origin === null ? {} : { cloned_from: this.origin }),
      ...(name ? { name } : {}),
      ...(this.tags.trim() ? { tags: parseTags(this.tags) } : {}),
      ...(this.notes.trim() ? { notes: this.notes.trim() } : {}),
      ...(this.bet === null ? {} : { bet: this.bet }),
    }
  }

  /** Returns the request that starts the study made of this run. */
  studyRequest(): StudyRequest {
    const { cloned_from: _, tags: __, bet: ___, ...run } = this.request()
    return { ...run, ...this.study.request() } as StudyRequest
  }
}
