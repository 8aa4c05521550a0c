/** A run that is being written: a recipe's spec and what was changed in it. */

import type { RunRequest } from './api'
import { equal } from './estimate'
import { capital } from './format'
import { atFields, fieldsOf, findWrong, tagsOf, type Field, type ServerError } from './form'
import { at, withValue } from './spec'
import type { Catalog, Json, Limit, Recipe, Spec } from './types'

const OWN = ['name', 'tags', 'notes']

export class Draft {
  readonly recipe: Recipe
  readonly catalog: Catalog
  spec = $state.raw<Spec>({})
  name = $state('')
  tags = $state('')
  notes = $state('')
  /** What the server said at the last try, by path; '' holds what names no field. */
  refused = $state.raw<Record<string, string>>({})

  fields: Field[] = $derived.by(() => fieldsOf(this.catalog, this.spec))
  errors: Record<string, string> = $derived.by(() => ({ ...this.refused, ...findWrong(this.fields, this.spec) }))
  isChanged: boolean = $derived.by(() => !equal(this.spec, this.recipe.spec))

  constructor(recipe: Recipe, catalog: Catalog) {
    this.recipe = recipe
    this.catalog = catalog
    this.spec = recipe.spec
    this.name = recipe.name
  }

  limit(path: string): Limit | undefined {
    return this.fields.find((field) => field.path === path)?.limit
  }

  set(path: string, value: Json): void {
    this.spec = withValue(this.spec, path, value)
    this.forgive(path)
  }

  /** What is edited is not wrong any more, until it is tried again. */
  forgive(path: string): void {
    this.refused = Object.fromEntries(Object.entries(this.refused).filter(([other]) => other !== path && other !== ''))
  }

  /** The recipe's value where this one differs from it; undefined where it doesn't. */
  before(path: string): Json | undefined {
    const own = at(this.recipe.spec, path)
    return equal(own, at(this.spec, path)) ? undefined : (own ?? null)
  }

  refuse(errors: ServerError[]): void {
    this.refused = atFields(errors, [...OWN, ...this.fields.map((field) => field.path)])
  }

  /** Titles of the fields under these paths that need somebody. */
  troubled(paths: string[]): string[] {
    return paths.filter((path) => this.errors[path]).map((path) => this.limit(path)?.title ?? capital(path))
  }

  /** The body of the request: the recipe by its name as long as nothing in it was changed. */
  request(): RunRequest {
    const name = this.name.trim()
    return {
      ...(this.isChanged ? { spec: this.spec } : { recipe: this.recipe.name }),
      ...(name ? { name } : {}),
      ...(this.tags.trim() ? { tags: tagsOf(this.tags) } : {}),
      ...(this.notes.trim() ? { notes: this.notes.trim() } : {}),
    }
  }
}
