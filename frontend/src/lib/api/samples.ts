/** Requests about one image of a run. A browser has six connections to a server, and the helper answers one question at
 * a time: questions that are not needed any more are aborted by their signal. */

import { client, request } from './client'
import type * as t from './types'

/** An image of a run: `index` is its position in the stored split. */
export interface SamplePlace {
  run: string
  split: t.Split
  index: number
}

export type Method = t.Attention['method']
export type Change = 'rotate' | 'brightness' | 'blur' | 'noise' | 'crop'
export type Changes = Record<Change, number>

const at = ({ run, index }: SamplePlace) => ({ run_id: run, index })

/** The client's types turn tuples into lists. */
export const readSample = async (place: SamplePlace): Promise<t.SampleDetail> =>
  (await request(client.GET('/api/runs/{run_id}/samples/{index}', { params: { path: at(place), query: { split: place.split } } }))) as t.SampleDetail

export const readAttention = (place: SamplePlace, name: string, method: Method, signal: AbortSignal): Promise<t.Attention> =>
  request(client.GET('/api/runs/{run_id}/samples/{index}/attention', { params: { path: at(place), query: { split: place.split, class: name, method } }, signal }))

export const readFeatures = (place: SamplePlace, layer: string | null, signal: AbortSignal): Promise<t.Features> =>
  request(client.GET('/api/runs/{run_id}/samples/{index}/features', { params: { path: at(place), query: { split: place.split, ...(layer ? { layer } : {}) } }, signal }))

export const predictChanged = (place: SamplePlace, changes: Changes, bands: boolean, signal: AbortSignal): Promise<t.WhatIf> =>
  request(client.POST('/api/runs/{run_id}/samples/{index}/what-if', { params: { path: at(place), query: { split: place.split } }, body: { ...changes, bands }, signal }))
