/** The arguments of a layer's constructor by the catalog: which are shown, their text and their values. */

import { equal } from '../spec/equal'
import { formatValue, parseValue } from '../spec/field-values'
import type { LayerSpec } from './rows'
import type { Argument, Catalog, Json, LayerChoice } from '../api/types'

export interface Arguments {
  common: Argument[]
  more: Argument[]
}

export const choiceOf = (catalog: Catalog, className: string): LayerChoice | undefined =>
  catalog.layer_choices.find(({ name }) => name === className)

/** Returns the arguments of a layer, those that are changed often apart from the others. */
export function argumentsOf(catalog: Catalog, className: string): Arguments {
  const all = choiceOf(catalog, className)?.arguments ?? []
  return { common: all.filter(({ common }) => common), more: all.filter(({ common }) => !common) }
}

export const isRequired = ({ default: value, nullable }: Argument): boolean => value === null && !nullable

export function valueOf({ config = {} }: LayerSpec, argument: Argument): Json {
  return config[argument.name] ?? (argument.default ?? null)
}

export const isSet = (layer: LayerSpec, argument: Argument): boolean => !equal(valueOf(layer, argument), argument.default ?? null)

/** Returns the layer with an argument set. One that has Keras' default is left out, as Keras' users write it. */
export function withArgument(layer: LayerSpec, argument: Argument, value: Json): LayerSpec {
  const { [argument.name]: _, ...rest } = layer.config ?? {}
  const isDefault = value === null || equal(value, argument.default ?? null)
  return { ...layer, config: isDefault ? rest : { ...(layer.config ?? {}), [argument.name]: value } }
}

/** Parses what was typed. Null is the default. One number may stand in place of a list: "3" for [3, 3]. */
export function parseArgument(argument: Argument, text: string): Json {
  if (text.trim() === '') return null
  const value = parseValue(argument, text)
  const only = Array.isArray(value) && value.length === 1 ? value[0] : undefined
  return argument.takes_one && only !== undefined && !Array.isArray(only) ? only : value
}

/** The values of a layer that are not Keras' defaults: "32 · 3×3 · strides 2 · same · relu". */
export function summary(catalog: Catalog, layer: LayerSpec): string {
  const { common, more } = argumentsOf(catalog, layer.class_name)
  const known = [...common, ...more].filter((argument) => argument.name !== 'name' && isSet(layer, argument))
  return known.map((argument) => words(argument, valueOf(layer, argument))).join(' · ')
}

function words(argument: Argument, value: Json): string {
  const isPlain = isRequired(argument) || argument.choices
  return isPlain ? valueText(value) : `${argument.name} ${valueText(value)}`
}

export function valueText(value: Json): string {
  if (value === null || typeof value !== 'object') return String(value)
  if (Array.isArray(value)) return value.some(Array.isArray) ? formatValue(value) : value.join('×')
  return String(value.class_name ?? JSON.stringify(value))
}
