/** Which fields a spec has, by the catalog: those of the parts that are on, and of the forms that are chosen. */

import { wrong } from './form'
import { at, isObject, modelForm } from './spec'
import type { Catalog, Choice, Json, Limit, Spec } from './types'

export interface Field {
  path: string
  limit: Limit
}

/** A part that has several forms: the field that names the form, and the path below which its options lie. */
export const FORMS = {
  'model.preset': { choices: 'presets', below: 'model.options' },
  'optimizer.name': { choices: 'optimizers', below: 'optimizer' },
  'optimizer.schedule.name': { choices: 'schedules', below: 'optimizer.schedule' },
  'dataset.validation.from': { choices: 'validations', below: 'dataset.validation' },
} as const

export type FormPath = keyof typeof FORMS
const FORM_PATHS = Object.keys(FORMS) as FormPath[]

export const choicesOf = (catalog: Catalog, form: FormPath): Choice[] => catalog[FORMS[form].choices]

const chosen = (catalog: Catalog, spec: Spec, form: FormPath): Choice | undefined =>
  choicesOf(catalog, form).find((choice) => choice.name === at(spec, form))

export function fieldsOf(catalog: Catalog, spec: Spec): Field[] {
  const own = Object.entries(catalog.limits)
    .filter(([path]) => isOn(catalog, spec, path) && isPlain(spec, path))
    .map(([path, limit]) => ({ path, limit }))
  const options = FORM_PATHS.flatMap((form) =>
    (chosen(catalog, spec, form)?.options ?? []).map((limit) => ({ path: `${FORMS[form].below}.${limit.name}`, limit })),
  )
  const named = new Set(options.map((field) => field.path))
  return [...own.filter((field) => !named.has(field.path)), ...options]
}

/** A part that is null has none of its fields in the spec. */
function isOn(catalog: Catalog, spec: Spec, path: string): boolean {
  return !Object.entries(catalog.limits).some(
    ([part, limit]) => limit.type === 'part' && path.startsWith(`${part}.`) && !isObject(at(spec, part)),
  )
}

/** A model without a preset has no preset to name; weights by class have fields of their own. */
function isPlain(spec: Spec, path: string): boolean {
  if (path === 'model.preset') return !['layers', 'keras'].includes(modelForm(spec))
  return path !== 'class_weights' || !isObject(at(spec, path))
}

/** What the form itself finds wrong, by path. */
export function findWrong(fields: Field[], spec: Spec): Record<string, string> {
  const found = fields.flatMap(({ path, limit }) => {
    const why = wrong(limit, at(spec, path))
    return why ? [[path, why] as const] : []
  })
  const weights = wrongWeights(at(spec, 'class_weights'))
  return { ...Object.fromEntries(found), ...(weights ? { class_weights: weights } : {}) }
}

const WEIGHT: Limit = { type: 'number', title: '', minimum: 0, maximum: 1_000_000 }

function wrongWeights(weights: Json | undefined): string | null {
  if (!isObject(weights)) return null
  const reasons = Object.entries(weights).map(([name, value]) => [name, wrong(WEIGHT, value)] as const)
  const first = reasons.find(([, why]) => why !== null)
  return first ? `${first[0]}: ${first[1]}` : null
}

export interface ServerError {
  loc: (string | number)[]
  msg: string
}

/** The server's errors at the fields they name. `loc` may hold more than a path (a union's tag, an index), or point
 * into a field: the longest path whose keys come in it in this order has the error. What names no field is under ''. */
export function atFields(errors: ServerError[], paths: string[]): Record<string, string> {
  const found: Record<string, string> = {}
  for (const { loc, msg } of errors) {
    const keys = loc.filter((part) => typeof part === 'string' && part !== 'spec' && part !== 'body') as string[]
    const path = paths.filter((other) => comesIn(other.split('.'), keys)).sort(byDepth)[0] ?? ''
    const inside = within(path, loc)
    const text = path === '' ? [keys.join('.'), msg] : [inside, msg]
    found[path] = [found[path], text.filter(Boolean).join(': ')].filter(Boolean).join('; ')
  }
  return found
}

const byDepth = (one: string, other: string): number => other.split('.').length - one.split('.').length

function comesIn(path: string[], keys: string[]): boolean {
  let next = 0
  for (const key of keys) if (key === path[next]) next += 1
  return next === path.length
}

/** Where in a list of layers: "layer 3, units". */
function within(path: string, loc: (string | number)[]): string {
  if (path !== 'model.layers') return ''
  const from = loc.findIndex((part) => typeof part === 'number')
  const rest = from < 0 ? [] : loc.slice(from + 1).filter((part) => part !== 'config')
  return from < 0 ? '' : [`layer ${Number(loc[from]) + 1}`, ...rest].join(', ')
}
