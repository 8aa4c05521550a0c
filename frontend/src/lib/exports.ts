/** What is made of a best model when somebody wants it, in words. */

import type { Export } from './types'

const TITLES: Record<Export['kind'], string> = {
  bundle: 'model, class names, preprocessing and a script that predicts',
  savedmodel: 'SavedModel, for TensorFlow Serving and Java',
  tflite: 'TensorFlow Lite, for phones and small boards',
  onnx: 'ONNX, for other runtimes',
}

export const isAtWork = (one: Export): boolean => one.status === 'wanted' || one.status === 'making'

/** What stands behind its name: what it is while nobody has asked, then how far it is. */
export function standing(one: Export): string {
  if (isAtWork(one)) return 'being made and proved'
  if (one.status === 'failed') return one.reason ?? 'it could not be made'
  if (one.status === 'none') return TITLES[one.kind]
  return one.is_current ? 'proved: a fresh process predicted 32 validation images the same, within rounding' : 'of an earlier best model'
}

/** What can be asked for now; null where nothing has to be. */
export function asking(one: Export): string | null {
  if (isAtWork(one)) return null
  if (one.status === 'none') return 'Make it'
  if (one.status === 'failed') return 'Try again'
  return one.is_current ? null : 'Make it anew'
}
