/** What the server's check says about each layer of a list: its output shape, its parameters and its errors. */

import { capital, count } from '../text/format'
import { shapeText } from '../spec/layer-table'
import type { FieldError } from '../api/problem'
import type { SpecCheck } from '../api/types'

export interface LayerResult {
  shape: string
  parameters: string
}

/** `argument` is the one that the error is about; null for the layer as a whole. */
export interface LayerError {
  argument: string | null
  msg: string
}

/** Returns the results by position. Of an impossible list only the layers before its error have any. */
export function layerResults(answer: SpecCheck | null): LayerResult[] {
  const layers = answer?.layers.length ? answer.layers : (answer?.layers_before_error ?? [])
  return layers.map(({ output_shape, parameters }) => ({ shape: shapeText(output_shape), parameters: parameters ? count(parameters) : '' }))
}

/** Returns the errors in `model.layers` by position. A list that is wrong as a whole has its errors under −1. */
export function layerErrors(errors: FieldError[]): Map<number, LayerError[]> {
  const byIndex = new Map<number, LayerError[]>()
  for (const { index, ...error } of errors.flatMap(layerError)) byIndex.set(index, [...(byIndex.get(index) ?? []), error])
  return byIndex
}

function layerError({ loc, msg }: FieldError): (LayerError & { index: number })[] {
  const start = loc.indexOf('layers')
  if (start < 1 || !loc.slice(0, start).includes('model')) return []
  const place = loc.findIndex((key, position) => position > start && typeof key === 'number')
  if (place < 0) return [{ index: -1, argument: null, msg: capital(msg) }]
  const [argument] = loc.slice(place + 1).filter((key) => key !== 'config' && key !== 'class_name')
  return [{ index: Number(loc[place]), argument: typeof argument === 'string' ? argument : null, msg: withoutPlace(msg, argument) }]
}

/** Beside its row, an error need not name the layer, and beside its field not the argument. */
function withoutPlace(msg: string, argument: string | number | undefined): string {
  const rest = msg.replace(/^layer \d+, \w+[:,] /, '')
  return capital(typeof argument === 'string' && rest.startsWith(`${argument} `) ? rest.slice(argument.length + 1) : rest)
}
