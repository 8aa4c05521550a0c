/** Switches a part of a spec on or off, or to another choice, such as another optimizer. */

import { equal } from '../spec/equal'
import { choicesOf, CHOICE_FIELDS, type ChoicePath } from './fields'
import { valueAt, isObject, withValue } from '../spec/spec'
import type { BackboneChoice, Catalog, Choice, Dataset, Json, Spec } from '../api/types'

/** True when the loss takes label smoothing. */
export const hasSmoothing = (catalog: Catalog, loss: Json | undefined): boolean =>
  catalog.losses.some((choice) => choice.name === loss && choice.options.length > 0)

/** Returns the spec with the part at `path` set to its fields' defaults, or to null. */
export function withPart(catalog: Catalog, spec: Spec, path: string, isOn: boolean): Spec {
  if (!isOn) return withValue(spec, path, null)
  const children = Object.entries(catalog.limits).filter(([other]) => other.startsWith(`${path}.`))
  return children.reduce(
    (part, [child, limit]) => withValue(part, child, (limit.default ?? null) as Json),
    withValue(spec, path, {}),
  )
}

/** Returns the spec with another choice of the part that `field` names; null removes the part. Options get the new choice's
 * defaults, except changed ones that both choices have. */
export function withChoice(catalog: Catalog, spec: Spec, field: ChoicePath, name: string | null): Spec {
  const part = field.slice(0, field.lastIndexOf('.'))
  if (name === null) return withValue(spec, part, null)
  const before = choicesOf(catalog, field).find((choice) => choice.name === valueAt(spec, field))
  const after = choicesOf(catalog, field).find((choice) => choice.name === name)
  const current = valueAt(spec, CHOICE_FIELDS[field].below)
  const options = after ? optionsOf(before, after, isObject(current) ? current : {}) : {}
  return withOptions(spec, field, name, options)
}

/** Returns the spec with the validation images that `dataset` offers: its validation split, where it has one, in place of the test split. */
export function withValidationOf(dataset: Dataset, spec: Spec): Spec {
  const from = valueAt(spec, 'dataset.validation.from')
  if (hasValidation(dataset) && from === 'test') return withValue(spec, 'dataset.validation', { from: 'validation' })
  if (!hasValidation(dataset) && from === 'validation') return withValue(spec, 'dataset.validation', { from: 'test' })
  return spec
}

export const hasValidation = (dataset: Dataset | undefined): boolean => dataset?.counts?.validation !== undefined

/** Returns the spec with the pixel scaling that a chosen backbone was trained with; a model after a backbone gets the usual one. */
export function withScalingOf(after: BackboneChoice | undefined, before: BackboneChoice | undefined, spec: Spec): Spec {
  if (after) return withValue(spec, 'preprocessing.scaling', after.scaling)
  return before ? withValue(spec, 'preprocessing.scaling', 'unit') : spec
}

function optionsOf(before: Choice | undefined, after: Choice, values: Spec): Spec {
  const defaults = new Map((before?.options ?? []).map((option) => [option.name, option.default]))
  const entries = after.options.map((option) => {
    const value = values[option.name]
    const isChanged = value !== undefined && defaults.has(option.name) && !equal(value, defaults.get(option.name))
    const isAllowed = !option.choices || option.choices.includes(value as string)
    return [option.name, isChanged && isAllowed ? value : ((option.default ?? null) as Json)]
  })
  return Object.fromEntries(entries)
}

function withOptions(spec: Spec, field: ChoicePath, name: string, options: Spec): Spec {
  if (field === 'model.preset') return withValue(spec, 'model', { preset: name, options })
  if (field === 'model.backbone') return withValue(spec, 'model', { backbone: name, options })
  const part = field.slice(0, field.lastIndexOf('.'))
  const key = field.slice(field.lastIndexOf('.') + 1)
  const schedule = field === 'optimizer.name' ? { schedule: valueAt(spec, 'optimizer.schedule') ?? null } : {}
  return withValue(spec, part, { [key]: name, ...options, ...schedule })
}
