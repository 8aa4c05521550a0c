/** A layer as it is added: with values for the arguments that Keras requires. */

import { choiceOf, isRequired } from './arguments'
import type { LayerSpec } from './rows'
import type { Catalog, Json, LayerChoice } from '../api/types'

const FIRST_VALUES: Record<string, Json> = {
  filters: 32,
  kernel_size: 3,
  pool_size: 2,
  units: 64,
  rate: 0.2,
  stddev: 0.1,
  activation: 'relu',
  target_shape: [-1],
  dims: [1, 2, 3],
}

export function newLayer(catalog: Catalog, className: string): LayerSpec {
  const required = (choiceOf(catalog, className)?.arguments ?? []).filter(isRequired)
  const values = required.map(({ name }) => [name, FIRST_VALUES[name] ?? null] as const)
  return { class_name: className, config: Object.fromEntries(values.filter(([, value]) => value !== null)) }
}

/** Returns the layers of a menu by group, in the catalog's order. */
export function menuGroups({ layer_choices }: Catalog): [string, LayerChoice[]][] {
  const groups = [...new Set(layer_choices.map(({ group }) => group))]
  return groups.map((group) => [group, layer_choices.filter((choice) => choice.group === group)])
}
