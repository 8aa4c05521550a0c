/** What `model.js` of a webapp.zip holds, written by `worker/exports/webapp.py`. */

import type { Fit } from './square'
import type { Scaling, Statistics } from './scaling'

export interface Model {
  /** The ONNX model and the WebAssembly of ONNX Runtime, each compressed by gzip and written in base64. */
  onnx: string
  classes: string[]
  preprocessing: {
    image_shape: [height: number, width: number, channels: 1 | 3]
    fit: Fit
    scaling: Scaling
    statistics: Statistics | null
    value_range: [number, number] | null
  }
  /** The least probability of an answer; below it the page says that the model is not sure. */
  threshold: number | null
  name: string
  facts: { label: string; value: string }[]
}

declare global {
  interface Window {
    epochboardModel?: Model
    epochboardRuntime?: string
  }
}

/** Unpacks bytes that were compressed by gzip and written in base64. */
export async function unpacked(text: string): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'))
  return new Uint8Array(await new Response(stream).arrayBuffer())
}
