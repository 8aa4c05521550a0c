/** What the page of an image shows: the image and the list around it. An answer that a later image has overtaken is dropped. */

import { findChanged, findSamples } from '../api/client'
import { readSample } from '../api/samples'
import { errorMessage } from '../api/problem'
import type { SampleDetail, Split } from '../api/types'
import { changedQuery, sampleQuery, type ListPage } from './image-list'

/** Images of the film strip: more than fit into the widest window. */
const STRIP_IMAGES = 25

export class ImageView {
  detail = $state.raw<SampleDetail | null>(null)
  list = $state.raw<ListPage | null>(null)
  failure = $state('')
  listFailure = $state('')
  #latest = 0

  /** Reads an image and its list; those shown before stay until the new ones are here. */
  async read(run: string, split: Split, index: number, params: URLSearchParams): Promise<void> {
    const request = ++this.#latest
    const isLatest = (): boolean => request === this.#latest
    await Promise.all([
      readSample({ run, split, index }).then(
        (detail) => isLatest() && ([this.detail, this.failure] = [detail, '']),
        (error: unknown) => isLatest() && ([this.detail, this.failure] = [null, errorMessage(error)]),
      ),
      readAround(run, split, params, index).then(
        (list) => isLatest() && ([this.list, this.listFailure] = [list, '']),
        (error: unknown) => isLatest() && ([this.list, this.listFailure] = [null, errorMessage(error)]),
      ),
    ])
  }
}

/** Returns the images of the list around `index`; the first ones if it is not in the list. */
async function readAround(run: string, split: Split, params: URLSearchParams, index: number): Promise<ListPage> {
  const around = { around: index, limit: STRIP_IMAGES }
  const runs = params.get('runs')
  if (runs !== null) {
    const { items, ...page } = await findChanged({ ...changedQuery(runs, params), split, ...around })
    return { ...page, items: items.map((item) => ({ ...item, taken: item.second.predicted })) }
  }
  const { items, ...page } = await findSamples(run, { ...sampleQuery(params), split, ...around })
  return { ...page, items: items.map((item) => ({ ...item, taken: item.predicted })) }
}
