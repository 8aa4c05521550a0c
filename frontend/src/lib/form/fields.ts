/** Lists the fields of a spec by the catalog, and assigns errors to them. */

import type { FieldError } from '../api/problem'
import { valueError } from '../spec/field-values'
import { valueAt, isObject } from '../spec/spec'
import type { Catalog, Choice, Json, Limit, Spec } from '../api/types'

export interface Field {
  path: string
  limit: Limit
}

/** Fields that choose one of several things: their list in the catalog, and the path of the options. */
export const CHOICE_FIELDS = {
  'model.preset': { choices: 'presets', below: 'model.options' },
  'model.backbone': { choices: 'backbones', below: 'model.options' },
  'optimizer.name': { choices: 'optimizers', below: 'optimizer' },
  'optimizer.schedule.name': { choices: 'schedules', below: 'optimizer.schedule' },
  'dataset.validation.from': { choices: 'validations', below: 'dataset.validation' },
} as const

export type ChoicePath = keyof typeof CHOICE_FIELDS
const CHOICE_PATHS = Object.keys(CHOICE_FIELDS) as ChoicePath[]

export const choicesOf = (catalog: Catalog, field: ChoicePath): Choice[] => catalog[CHOICE_FIELDS[field].choices]

const chosen = (catalog: Catalog, spec: Spec, field: ChoicePath): Choice | undefined =>
  choicesOf(catalog, field).find((choice) => choice.name === valueAt(spec, field))

export function fieldsOf(catalog: Catalog, spec: Spec): Field[] {
  const own = Object.entries(catalog.limits)
    .filter(([path]) => isOn(catalog, spec, path) && isSpecField(spec, path))
    .map(([path, limit]) => ({ path, limit }))
  const options = CHOICE_PATHS.flatMap((field) =>
    (chosen(catalog, spec, field)?.options ?? []).map((limit) => ({ path: `${CHOICE_FIELDS[field].below}.${limit.name}`, limit })),
  )
  const optionPaths = new Set(options.map((option) => option.path))
  return [...own.filter((field) => !optionPaths.has(field.path)), ...options]
}

/** The fields of a part that is null are not in the spec. */
function isOn(catalog: Catalog, spec: Spec, path: string): boolean {
  return !Object.entries(catalog.limits).some(
    ([part, limit]) => limit.type === 'part' && path.startsWith(`${part}.`) && !isObject(valueAt(spec, part)),
  )
}

/** A model has a preset, a backbone or neither; weights by class have fields of their own. */
function isSpecField(spec: Spec, path: string): boolean {
  if (path === 'model.preset' || path === 'model.backbone') return valueAt(spec, path) !== undefined
  return path !== 'class_weights' || !isObject(valueAt(spec, path))
}

/** Returns the errors that the form finds without the server, by path. */
export function fieldErrors(fields: Field[], spec: Spec): Record<string, string> {
  const errors = fields.flatMap(({ path, limit }) => {
    const error = valueError(limit, valueAt(spec, path))
    return error ? [[path, error] as const] : []
  })
  const weightsError = classWeightsError(valueAt(spec, 'class_weights'))
  return { ...Object.fromEntries(errors), ...(weightsError ? { class_weights: weightsError } : {}) }
}

const CLASS_WEIGHT: Limit = { type: 'number', title: '', minimum: 0, maximum: 1_000_000 }

function classWeightsError(weights: Json | undefined): string | null {
  if (!isObject(weights)) return null
  const errors = Object.entries(weights).map(([name, value]) => [name, valueError(CLASS_WEIGHT, value)] as const)
  const first = errors.find(([, error]) => error !== null)
  return first ? `${first[1]} for ${first[0]}` : null
}

/** Assigns the server's errors to fields. `loc` may hold more than a path (the tag of a union, an index) or point into a
 * field, so the error goes to the longest path whose keys all occur in it, in order. Errors of no field are under ''. */
export function errorsByPath(errors: FieldError[], paths: string[]): Record<string, string> {
  const byPath: Record<string, string> = {}
  for (const { loc, msg } of errors) {
    const keys = loc.filter((part) => typeof part === 'string' && part !== 'spec' && part !== 'body') as string[]
    const path = paths.filter((candidate) => isSubsequence(candidate.split('.'), keys)).sort((a, b) => byDepth(a, b) || startsWith(keys, b) - startsWith(keys, a))[0] ?? ''
    const text = path === '' ? [keys.join('.'), msg] : [layerPlace(path, loc), msg]
    byPath[path] = [byPath[path], text.filter(Boolean).join(': ')].filter(Boolean).join('; ')
  }
  return byPath
}

const byDepth = (a: string, b: string): number => b.split('.').length - a.split('.').length

/** Prefers model.keras to model.layers for an error of a layer inside the Keras model. */
const startsWith = (keys: string[], path: string): number => Number(`${keys.join('.')}.`.startsWith(`${path}.`))

function isSubsequence(path: string[], keys: string[]): boolean {
  let next = 0
  for (const key of keys) if (key === path[next]) next += 1
  return next === path.length
}

/** Names the place in a list of layers: "layer 3, units". */
function layerPlace(path: string, loc: (string | number)[]): string {
  if (path !== 'model.layers') return ''
  const index = loc.findIndex((part) => typeof part === 'number')
  const rest = index < 0 ? [] : loc.slice(index + 1).filter((part) => part !== 'config')
  return index < 0 ? '' : [`layer ${Number(loc[index]) + 1}`, ...rest].join(', ')
}
