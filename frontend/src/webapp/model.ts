/** What `model.js` of a webapp.zip holds, written by `worker/exports/webapp.py`. */

import type { Fit } from './decoding/square'
import type { Scaling, Statistics } from './decoding/scaling'

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
  const letters = atob(text)
  const bytes = new Uint8Array(letters.length)
  for (let index = 0; index < bytes.length; index++) bytes[index] = letters.charCodeAt(index) // Uint8Array.from takes seconds
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'))
  return new Uint8Array(await new Response(stream).arrayBuffer())
}
