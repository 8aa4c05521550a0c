/** Parses a model written as JSON: a list of layers, or the output of `model.to_json()`. */

import { count } from '../../text/format'
import { isObject } from '../../spec/spec'
import type { Json, Spec, SpecCheck } from '../../api/types'

export type TextForm = 'layers' | 'keras'
export const TEXT_FORMS: TextForm[] = ['layers', 'keras']

/** Characters of a model's JSON: about what the server takes as the body of a request. */
export const MAX_MODEL_TEXT = 1_000_000

const LOOKS_LIKE_JSON = /^\s*[{["]/
const NO_JSON = 'This is no JSON. Python code is never run: paste what model.to_json() gives there'

/** Text that may be a model; an empty form is none. */
export const isModelText = (text: string): boolean => LOOKS_LIKE_JSON.test(text) && text.trim().length > 2

export interface ParsedModel {
  value: Json | null
  error: string | null
}

export function parseModel(form: TextForm, text: string): ParsedModel {
  if (text.trim() === '' || text.trim() === '{}') return { value: null, error: EMPTY[form] }
  if (text.length > MAX_MODEL_TEXT) return { value: null, error: `at most ${count(MAX_MODEL_TEXT)} characters; you gave ${count(text.length)}` }
  const value = read(text)
  if (value instanceof Error) return { value: null, error: LOOKS_LIKE_JSON.test(text) ? `Not valid JSON: ${value.message}` : NO_JSON }
  return form === 'layers' ? layers(value) : keras(value)
}

const EMPTY: Record<TextForm, string> = {
  layers: 'Enter a list of layers, such as [{"class_name": "Flatten", "config": {}}]',
  keras: 'Paste the output of model.to_json()',
}

function read(text: string): Json | Error {
  try {
    return JSON.parse(text) as Json
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  }
}

/** Accepts a list, or an object with the key `layers`. */
function layers(value: Json): ParsedModel {
  if (Array.isArray(value)) return { value, error: value.length ? null : 'Enter at least one layer' }
  if (isObject(value) && Array.isArray(value.layers)) return { value: value.layers, error: null }
  return { value: null, error: `${EMPTY.layers}. This is ${kind(value)}` }
}

/** `to_json()` returns a string; printed with its quotes, it is JSON inside JSON. */
function keras(value: Json): ParsedModel {
  const inner = typeof value === 'string' ? read(value) : value
  if (isObject(inner)) return { value: inner, error: null }
  return { value: null, error: `${EMPTY.keras}, an object with class_name and config. This is ${kind(value)}` }
}

function kind(value: Json): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'a list'
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}

/** A name as Keras gives it by itself ("conv2d_1") is left out, so that copies of the layer can have their own. */
function withoutAutomaticName(name: string, type: string, { name: given, ...config }: Spec): Json {
  const isAutomatic = name.replace(/_\d+$/, '').replaceAll('_', '') === type.toLowerCase()
  return isAutomatic || given === undefined ? config : { name: given, ...config }
}

/** Returns the initial JSON of a form: the layers of the last checked network, or a minimal one. */
export function initialModel(form: TextForm, answer: SpecCheck | null): Json {
  if (form !== 'layers') return {}
  const layers = (answer?.layers ?? []).map(({ name, type, config }) => ({ class_name: type, config: withoutAutomaticName(name, type, config as Spec) }))
  const softmax = { class_name: 'Dense', config: { units: answer?.classes ?? 10, activation: 'softmax' } }
  return layers.length ? layers : [{ class_name: 'Flatten', config: {} }, softmax]
}
