/** Reads the text of a file that was dropped on the form. */

import { bytes } from '../../text/format'
import { MAX_MODEL_TEXT } from './model-json'

export interface DroppedText {
  text: string
  /** Why the file was not read; empty otherwise. */
  error: string
}

export async function droppedText(file: File): Promise<DroppedText> {
  if (file.size > MAX_MODEL_TEXT) return { text: '', error: `${file.name} has ${bytes(file.size)}, and a model at most ${bytes(MAX_MODEL_TEXT)}. Drop the JSON of the architecture, without weights.` }
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(await file.arrayBuffer()), error: '' }
  } catch {
    return { text: '', error: `${file.name} is not a text file. Drop the JSON of the architecture.` }
  }
}
