/** The predictions for the user's pictures as CSV, for programs and spreadsheets. */

import { csv } from '../text/csv'
import { agreesWithFolder, isAnswered, type PicturePrediction } from './predictions'

const RANKS = ['', 'second_', 'third_', 'fourth_', 'fifth_']

/** Returns one row per finished picture, in the given order. */
export function predictionsCsv(predictions: PicturePrediction[], folders: Map<string, string>): string {
  const ranks = RANKS.slice(0, Math.max(1, ...predictions.filter(isAnswered).map(({ answer }) => answer.top.length)))
  const header = ['file', ...ranks.flatMap((rank) => [`${rank}class`, `${rank}probability`]), ...(folders.size ? ['folder_class', 'agrees'] : []), 'epoch', 'error']
  const finished = predictions.filter(({ answer, error }) => answer !== null || error !== null)
  const rows = finished.map((prediction) => csvRow(prediction, ranks.length, folders))
  return csv([header, ...rows])
}

function csvRow(prediction: PicturePrediction, ranks: number, folders: Map<string, string>): string[] {
  const top = prediction.answer?.top ?? []
  const classes = Array.from({ length: ranks }, (_, rank) => [top[rank]?.class ?? '', top[rank] ? String(top[rank].probability) : '']).flat()
  const agrees = isAnswered(prediction) ? agreesWithFolder(prediction, folders) : null
  const folder = folders.size ? [folders.get(prediction.name) ?? '', agrees === null ? '' : agrees ? 'yes' : 'no'] : []
  return [prediction.name, ...classes, ...folder, prediction.answer ? String(prediction.answer.epoch) : '', prediction.error ?? '']
}
