/** The predictions for the user's pictures as CSV, for programs and spreadsheets. */

import { agreesWithFolder, isAnswered, type PicturePrediction } from './predictions'

const RANKS = ['', 'second_', 'third_', 'fourth_', 'fifth_']

/** Returns one row per finished picture, in the given order. */
export function predictionsCsv(predictions: PicturePrediction[], folders: Map<string, string>): string {
  const ranks = RANKS.slice(0, Math.max(1, ...predictions.filter(isAnswered).map(({ answer }) => answer.top.length)))
  const header = ['file', ...ranks.flatMap((rank) => [`${rank}class`, `${rank}probability`]), ...(folders.size ? ['folder_class', 'agrees'] : []), 'epoch', 'error']
  const finished = predictions.filter(({ answer, error }) => answer !== null || error !== null)
  const rows = finished.map((prediction) => csvRow(prediction, ranks.length, folders))
  const text = [header, ...rows].map((cells) => cells.map(csvCell).join(',')).join('\r\n') + '\r\n'
  return isAscii(text) ? text : `${UTF8_MARK}${text}`
}

function csvRow(prediction: PicturePrediction, ranks: number, folders: Map<string, string>): string[] {
  const top = prediction.answer?.top ?? []
  const classes = Array.from({ length: ranks }, (_, rank) => [top[rank]?.class ?? '', top[rank] ? String(top[rank].probability) : '']).flat()
  const agrees = isAnswered(prediction) ? agreesWithFolder(prediction, folders) : null
  const folder = folders.size ? [folders.get(prediction.name) ?? '', agrees === null ? '' : agrees ? 'yes' : 'no'] : []
  return [prediction.name, ...classes, ...folder, prediction.answer ? String(prediction.answer.epoch) : '', prediction.error ?? '']
}

/** Where a spreadsheet would see a formula: where a cell begins, which in some countries is after a semicolon or a tab. */
const FORMULA = /(^|[;\t\r\n])(?=[=+\-@\t\r＝＋－＠])/g

function csvCell(text: string): string {
  const safe = text.replace(FORMULA, "$1'")
  return /[",;\t\r\n']/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

/** Spreadsheets read a file without this mark in an old Windows encoding. */
const UTF8_MARK = '\uFEFF'

const isAscii = (text: string): boolean => [...text].every((letter) => letter.codePointAt(0)! < 128)
