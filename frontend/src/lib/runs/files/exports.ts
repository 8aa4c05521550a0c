/** Texts and actions of the exports of a best model. */

import type { Export } from '../../api/types'

const TITLES: Record<Export['kind'], string> = {
  bundle: 'model, class names, preprocessing and a script that predicts',
  webapp: 'a page that predicts from camera and files in any browser, without a network',
  savedmodel: 'SavedModel, for TensorFlow Serving and Java',
  tflite: 'TensorFlow Lite, for phones and small boards',
  tflite_float16: 'weights in float16, half the size',
  tflite_int8: 'all numbers in int8, a quarter of the size, calibrated on training images',
  onnx: 'ONNX, for other runtimes',
}

export const isInProgress = (item: Export): boolean => item.status === 'wanted' || item.status === 'making'

/** One export is made at a time; those behind it are in progress, too. */
export const isBeingMade = (item: Export): boolean => isInProgress(item) && !item.waits_for

/** The server says "of another run" in place of that run's name. */
export const waitsForAnotherRun = (item: Export): boolean => isInProgress(item) && (item.waits_for?.endsWith(' of another run') ?? false)

/** Describes the format of an export that was not requested, or the state of one that was. */
export function exportStatusText(item: Export): string {
  if (isInProgress(item) && item.waits_for) return `waiting for ${item.waits_for}`
  if (isInProgress(item)) return 'being created and verified'
  if (item.status === 'failed') return item.reason ?? 'the export failed'
  if (item.status === 'none') return TITLES[item.kind]
  if (!item.is_current) return 'made from an earlier best model'
  return `verified: ${item.kind === 'webapp' ? 'its page in Chromium' : 'a new process'} made the same predictions for 32 validation images`
}

/** Returns the title of the button; null when there is nothing to do. */
export function exportAction(item: Export): string | null {
  if (isInProgress(item)) return null
  if (item.status === 'none') return 'Create'
  if (item.status === 'failed') return 'Try again'
  return item.is_current ? null : 'Create again'
}
