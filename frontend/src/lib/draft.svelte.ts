/** A run that is being written: a recipe's spec, or another run's, and what was changed in it. */

import type { RunRequest } from './api'
import { equal } from './equal'
import { atFields, fieldsOf, findWrong, FORMS, type Field, type FormPath, type ServerError } from './fields'
import { tagsOf } from './form'
import { reformed, switched } from './forms'
import { capital } from './format'
import { parsedModel, TEXT_FORMS, type TextForm } from './model-text'
import { at, isObject, modelForm, withValue } from './spec'
import type { Catalog, Dataset, Json, Limit, Recipe, Run, Spec } from './types'

const OWN = ['name', 'tags', 'notes']
/** Where the board may find something wrong that is no field of its own. */
const PARTS = ['model', 'model.layers', 'model.keras', 'optimizer.schedule', 'dataset.validation', 'class_weights']
const TITLES: Record<string, string> = {
  'model.layers': 'List of layers',
  'model.keras': 'Keras model',
  'optimizer.name': 'Optimiser',
  'optimizer.schedule': 'Schedule',
  'dataset.validation': 'Validate on',
}

/** "digits 2" of "digits", "digits 3" of "digits 2". */
export function again(name: string): string {
  const numbered = /^(.*) (\d{1,6})$/s.exec(name)
  return (numbered ? `${numbered[1]} ${Number(numbered[2]) + 1}` : `${name} 2`).slice(0, 120)
}

/** What is kept of a draft while its page is away. */
export interface Kept {
  spec: Spec
  name: string
  tags: string
  notes: string
  texts: Record<string, string>
}

/** A run as what a draft starts from. */
export const asRecipe = ({ name, spec }: Pick<Run, 'name' | 'spec'>): Recipe => ({ name, title: name, description: '', spec })

export class Draft {
  readonly recipe: Recipe
  /** The id of the run that this one is a changed copy of. */
  readonly origin: string | null
  readonly catalog: Catalog
  spec = $state.raw<Spec>({})
  name = $state('')
  tags = $state('')
  notes = $state('')
  datasets = $state.raw<Dataset[]>([])
  /** Models that are written as JSON, as they were typed. */
  texts = $state.raw<Record<string, string>>({})
  /** What the server said at the last try, by path; '' holds what names no field. */
  refused = $state.raw<Record<string, string>>({})
  /** What its look at the spec found, by path. */
  found = $state.raw<Record<string, string>>({})
  #start = $state.raw<Spec>({})
  #models: Record<string, Json> = {}
  #begun: Record<string, string> = {}

  fields: Field[] = $derived.by(() => fieldsOf(this.catalog, this.spec))
  own: Record<string, string> = $derived.by(() => ({ ...findWrong(this.fields, this.spec), ...this.#wrongText() }))
  errors: Record<string, string> = $derived.by(() => ({ ...this.found, ...this.refused, ...this.own }))
  isChanged: boolean = $derived.by(() => !equal(this.spec, this.recipe.spec))
  /** Whether somebody has written in it: a dataset that was brought along is no work of the form. */
  isEdited: boolean = $derived.by(() => !equal(this.spec, this.#start))
  dataset: Dataset | undefined = $derived.by(() =>
    this.datasets.find((other) => other.name === at(this.spec, 'dataset.name')),
  )

  constructor(recipe: Recipe, catalog: Catalog, kept: Kept | null, dataset: string | null, origin: string | null = null) {
    this.recipe = recipe
    this.origin = origin
    this.catalog = catalog
    this.#begin(dataset)
    if (kept) Object.assign(this, kept)
  }

  #begin(dataset: string | null): void {
    this.#start = dataset === null ? this.recipe.spec : withValue(this.recipe.spec, 'dataset.name', dataset)
    this.spec = this.#start
    this.name = this.origin !== null ? again(this.recipe.name) : (dataset ?? this.recipe.name)
    this.tags = this.notes = ''
    this.texts = {}
  }

  /** Back to the recipe, with its own dataset or the one that was asked for. */
  reset(dataset: string | null): void {
    this.#begin(dataset)
    this.refused = this.found = {}
  }

  kept(): Kept {
    return { spec: this.spec, name: this.name, tags: this.tags, notes: this.notes, texts: this.texts }
  }

  limit(path: string): Limit | undefined {
    return this.fields.find((field) => field.path === path)?.limit
  }

  set(path: string, value: Json): void {
    this.spec = withValue(this.spec, path, value)
    if (path === 'dataset.name') this.#reweigh()
    if (path === 'loss.name' && value !== 'categorical_crossentropy') this.set('loss.label_smoothing', 0)
    this.forgive(path)
  }

  /** Weights by class are those of the chosen dataset's classes. */
  #reweigh(): void {
    const before = at(this.spec, 'class_weights')
    if (isObject(before)) this.weighByClass(before)
  }

  weighByClass(before: Spec = {}): void {
    const weights = (this.dataset?.classes ?? []).map((name) => [name, before[name] ?? 1])
    this.set('class_weights', Object.fromEntries(weights))
  }

  switch(path: string, isOn: boolean): void {
    this.spec = switched(this.catalog, this.spec, path, isOn)
    this.forgive(path)
  }

  choose(form: FormPath, name: string | null): void {
    this.spec = reformed(this.catalog, this.spec, form, name)
    this.forgive(form)
  }

  /** Another way to describe the model; each way is remembered as it was left. */
  describe(form: string, beginning: Json): void {
    this.#models[modelForm(this.spec)] = this.spec.model ?? null
    const left = this.#models[form]
    if (TEXT_FORMS.includes(form as TextForm)) this.#beginText(form as TextForm, JSON.stringify(beginning, null, 2))
    else if (left) this.spec = { ...this.spec, model: left }
    else this.choose('model.preset', form)
    this.forgive('model')
  }

  /** A text that somebody has worked on is found as it was left. */
  #beginText(form: TextForm, text: string): void {
    const left = this.texts[form]
    const isUntouched = left === undefined || left === this.#begun[form]
    this.#begun[form] = text
    this.write(form, isUntouched ? text : left)
  }

  /** A model as JSON; what can't be read yet leaves the spec as it was, and is told. */
  write(form: TextForm, text: string): void {
    this.texts = { ...this.texts, [form]: text }
    const { value } = parsedModel(form, text)
    this.spec = { ...this.spec, model: { [form]: value ?? (form === 'layers' ? [] : {}) } }
    this.forgive(`model.${form}`)
  }

  #wrongText(): Record<string, string> {
    const form = modelForm(this.spec)
    if (!TEXT_FORMS.includes(form as TextForm)) return {}
    const { error } = parsedModel(form as TextForm, this.texts[form] ?? JSON.stringify(at(this.spec, `model.${form}`)))
    return error ? { [`model.${form}`]: error } : {}
  }

  /** What is edited is not wrong any more, until the board has looked again: and it looks at all of the spec. */
  forgive(path: string): void {
    const isElsewhere = ([other]: [string, string]): boolean => !`${other}.`.startsWith(`${path}.`)
    const isOwn = ([other]: [string, string]): boolean => OWN.includes(other)
    this.refused = Object.fromEntries(Object.entries(this.refused).filter((entry) => isOwn(entry) && isElsewhere(entry)))
    this.found = Object.fromEntries(Object.entries(this.found).filter(isElsewhere))
  }

  /** The recipe's value where this one differs from it; undefined where it doesn't, or the recipe has no such field:
   * then the part or the form that brought it is what was changed. No form at all is null. */
  before(path: string): Json | undefined {
    const value = (spec: Spec): Json | undefined => at(spec, path) ?? (path in FORMS ? null : at(spec, path))
    const own = value(this.recipe.spec)
    return equal(own, value(this.spec)) ? undefined : own
  }

  refuse(errors: ServerError[]): void {
    this.refused = atFields(errors, [...OWN, ...this.#paths()])
  }

  find(errors: ServerError[]): void {
    this.found = atFields(errors, this.#paths())
  }

  #paths(): string[] {
    return [...PARTS, ...Object.keys(FORMS), ...this.fields.map((field) => field.path)]
  }

  /** Titles of what needs somebody at these paths and below them. */
  troubled(paths: string[]): string[] {
    const wrong = Object.keys(this.errors).filter((path) =>
      paths.some((part) => path !== '' && `${path}.`.startsWith(`${part}.`)),
    )
    return [...new Set(wrong.map((path) => this.titleOf(path)))]
  }

  titleOf(path: string): string {
    return TITLES[path] ?? (this.limit(path)?.title || capital(path.split('.').at(-1)!.replaceAll('_', ' ')))
  }

  /** A sentence of the board with the field that it is about before it. */
  titled({ loc, msg }: ServerError): string {
    const path = loc.filter((key) => typeof key === 'string').join('.')
    return this.limit(path) || TITLES[path] ? `${this.titleOf(path)}: ${msg}` : capital(msg)
  }

  /** The body of the request: the recipe by its name as long as nothing in it was changed; a copy says of what. */
  request(): RunRequest {
    const name = this.name.trim()
    return {
      ...(this.isChanged || this.origin !== null ? { spec: this.spec } : { recipe: this.recipe.name }),
      ...(this.origin === null ? {} : { cloned_from: this.origin }),
      ...(name ? { name } : {}),
      ...(this.tags.trim() ? { tags: tagsOf(this.tags) } : {}),
      ...(this.notes.trim() ? { notes: this.notes.trim() } : {}),
    }
  }
}
