/** Switch a part of a spec on or off, or to another of its forms. */

import { equal } from './equal'
import { choicesOf, FORMS, type FormPath } from './fields'
import { at, isObject, withValue } from './spec'
import type { Catalog, Choice, Json, Spec } from './types'

/** The part at `path` with its children's defaults, or null. */
export function switched(catalog: Catalog, spec: Spec, path: string, isOn: boolean): Spec {
  if (!isOn) return withValue(spec, path, null)
  const children = Object.entries(catalog.limits).filter(([other]) => other.startsWith(`${path}.`))
  return children.reduce(
    (part, [child, limit]) => withValue(part, child, (limit.default ?? null) as Json),
    withValue(spec, path, {}),
  )
}

/** The spec with another form of the part that `form` names; null takes the part away. Options have the new form's
 * defaults, but what both forms have and somebody had changed stays; so does what is no option. */
export function reformed(catalog: Catalog, spec: Spec, form: FormPath, name: string | null): Spec {
  const part = form.slice(0, form.lastIndexOf('.'))
  if (name === null) return withValue(spec, part, null)
  const before = choicesOf(catalog, form).find((choice) => choice.name === at(spec, form))
  const after = choicesOf(catalog, form).find((choice) => choice.name === name)
  const below = at(spec, FORMS[form].below)
  const options = after ? optionsOf(before, after, isObject(below) ? below : {}) : {}
  return placed(spec, form, name, options)
}

function optionsOf(before: Choice | undefined, after: Choice, values: Spec): Spec {
  const known = new Map((before?.options ?? []).map((option) => [option.name, option.default]))
  const own = after.options.map((option) => {
    const value = values[option.name]
    const isKept = value !== undefined && known.has(option.name) && !equal(value, known.get(option.name))
    const fits = !option.choices || option.choices.includes(value as string)
    return [option.name, isKept && fits ? value : ((option.default ?? null) as Json)]
  })
  return Object.fromEntries(own)
}

function placed(spec: Spec, form: FormPath, name: string, options: Spec): Spec {
  if (form === 'model.preset') return withValue(spec, 'model', { preset: name, options })
  const part = form.slice(0, form.lastIndexOf('.'))
  const key = form.slice(form.lastIndexOf('.') + 1)
  const schedule = form === 'optimizer.name' ? { schedule: at(spec, 'optimizer.schedule') ?? null } : {}
  return withValue(spec, part, { [key]: name, ...options, ...schedule })
}
