/** Predictions for the user's pictures: their order, and how many agree with the names of their folders. */

import { percent, plural } from '../text/format'
import type { Prediction } from '../api/types'

/** `answer` and `error` are both null while the picture waits. */
export interface PicturePrediction {
  name: string
  answer: Prediction | null
  error: string | null
}

export type ConfidenceOrder = 'most' | 'least'

export interface Answered extends PicturePrediction {
  answer: Prediction
}

export const isAnswered = (prediction: PicturePrediction): prediction is Answered => prediction.answer !== null
const confidenceOf = (prediction: Answered): number => prediction.answer.top[0]?.probability ?? 0

/** Returns the answered ones by the probability of their first class; equal ones by name. */
export function byConfidence(predictions: PicturePrediction[], order: ConfidenceOrder): Answered[] {
  const sign = order === 'most' ? -1 : 1
  const byName = (a: Answered, b: Answered): number => a.name.localeCompare(b.name, 'en', { numeric: true })
  return predictions.filter(isAnswered).sort((a, b) => sign * (confidenceOf(a) - confidenceOf(b)) || byName(a, b))
}

/** Returns the classes of the run and those of the answers. */
function knownClasses(classes: string[], predictions: PicturePrediction[]): Set<string> {
  const answered = predictions.flatMap((prediction) => prediction.answer?.top.map((guess) => guess.class) ?? [])
  return new Set([...classes, ...answered])
}

/** Returns the class that the nearest folder is named after; null where no folder is. */
export function folderClass(name: string, classes: Iterable<string>): string | null {
  const byFolder = new Map([...classes].map((label) => [folded(label), label]))
  const folders = name.split('/').slice(0, -1).reverse()
  for (const folder of folders) {
    const label = byFolder.get(folded(folder))
    if (label !== undefined) return label
  }
  return null
}

const folded = (name: string): string => name.normalize('NFC').toLocaleLowerCase('en')

/** Returns the class of each picture's folder, by the picture's name. */
export function folderClasses(predictions: PicturePrediction[], classes: string[]): Map<string, string> {
  const known = knownClasses(classes, predictions)
  const pairs = predictions.map(({ name }) => [name, folderClass(name, known)] as const)
  return new Map(pairs.filter((pair): pair is [string, string] => pair[1] !== null))
}

/** Null where the picture's folder names no class. */
export function agreesWithFolder(prediction: Answered, folders: Map<string, string>): boolean | null {
  const folder = folders.get(prediction.name)
  return folder === undefined ? null : folder === prediction.answer.top[0]?.class
}

/** "34 of 40 match their folder name, 85.00%"; empty where no folder names a class. */
export function agreementText(predictions: PicturePrediction[], folders: Map<string, string>): string {
  const agreements = predictions.filter(isAnswered).map((prediction) => agreesWithFolder(prediction, folders))
  const compared = agreements.filter((agrees) => agrees !== null)
  const matches = compared.filter(Boolean).length
  return compared.length ? `${matches} of ${compared.length} match their folder name, ${percent(matches / compared.length)}` : ''
}

/** "40 images, 2 failed". */
export function summary(predictions: PicturePrediction[]): string {
  const failed = predictions.filter((prediction) => prediction.error !== null).length
  const total = plural(predictions.length, 'image')
  return failed ? `${total}, ${failed} failed` : total
}

/** Names the epochs whose models gave the answers: one, or the first and the last. */
export function epochsText(predictions: PicturePrediction[]): string {
  const epochs = predictions.filter(isAnswered).map(({ answer }) => answer.epoch)
  const [first, last] = [Math.min(...epochs), Math.max(...epochs)]
  if (epochs.length === 0) return ''
  return first === last ? `Best model, epoch ${first}` : `Best models of epochs ${first} to ${last}`
}
