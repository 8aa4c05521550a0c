/** Initializers, regularizers and constraints: given by name, or as an object with arguments of their own. */

import { isObject } from '../spec/spec'
import type { Choice, Json, Option, Spec } from '../api/types'

const plain = (name: string): string => name.replaceAll('_', '').toLowerCase()

/** Returns the choice that a value names: "he_normal", "HeNormal", or an object of that class. */
export function objectChoice(choices: Choice[], value: Json): Choice | undefined {
  const name = isObject(value) ? value.class_name : value
  return typeof name === 'string' ? choices.find((choice) => plain(choice.name) === plain(name)) : undefined
}

const configOf = (value: Json): Spec => (isObject(value) && isObject(value.config) ? value.config : {})

export const objectOption = (value: Json, option: Option): Json => configOf(value)[option.name] ?? (option.default ?? null)

/** Returns the object with one of its arguments set; null is the default, and without arguments the name is enough. */
export function withObjectOption(choice: Choice, value: Json, option: Option, setting: Json): Json {
  const { [option.name]: _, ...rest } = configOf(value)
  const config = setting === null ? rest : { ...rest, [option.name]: setting }
  return Object.keys(config).length ? { class_name: choice.name, config } : choice.name
}
