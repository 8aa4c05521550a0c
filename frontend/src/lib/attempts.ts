/** Pictures that a model was asked about: in which order they are shown, how many agree with their folders, as CSV. */

import { percent, plural } from './format'
import type { Prediction } from './types'

/** `answer` and `error` are both null while it waits. */
export interface Attempt {
  name: string
  answer: Prediction | null
  error: string | null
}

export type Sure = 'most' | 'least'

export interface Answered extends Attempt {
  answer: Prediction
}

export const isAnswered = (attempt: Attempt): attempt is Answered => attempt.answer !== null
export const confidenceOf = (attempt: Answered): number => attempt.answer.top[0]?.probability ?? 0

/** Answered ones by the probability of their first class, equal ones by name. */
export function byConfidence(attempts: Attempt[], sure: Sure): Answered[] {
  const sign = sure === 'most' ? -1 : 1
  const order = (a: Answered, b: Answered): number => sign * (confidenceOf(a) - confidenceOf(b)) || a.name.localeCompare(b.name, 'en', { numeric: true })
  return attempts.filter(isAnswered).sort(order)
}

/** The classes that are known: those of the run, else those that were answered. */
export function classesKnown(classes: string[], attempts: Attempt[]): Set<string> {
  const answered = attempts.flatMap((attempt) => attempt.answer?.top.map((guess) => guess.class) ?? [])
  return new Set([...classes, ...answered])
}

/** The class after which the nearest folder is named; null where none is. */
export function folderClass(name: string, classes: Iterable<string>): string | null {
  const known = new Map([...classes].map((one) => [folded(one), one]))
  const folders = name.split('/').slice(0, -1).reverse()
  for (const folder of folders) {
    const found = known.get(folded(folder))
    if (found !== undefined) return found
  }
  return null
}

const folded = (name: string): string => name.normalize('NFC').toLocaleLowerCase('en')

/** The class of each attempt's folder, by its name. */
export function foldersOf(attempts: Attempt[], classes: string[]): Map<string, string> {
  const known = classesKnown(classes, attempts)
  const found = attempts.map(({ name }) => [name, folderClass(name, known)] as const)
  return new Map(found.filter((one): one is [string, string] => one[1] !== null))
}

/** True, false, or null where its folder names no class. */
export function agrees(attempt: Answered, folders: Map<string, string>): boolean | null {
  const folder = folders.get(attempt.name)
  return folder === undefined ? null : folder === attempt.answer.top[0]?.class
}

/** "34 of 40 agree with the name of their folder, 85.00%"; empty where no folder names a class. */
export function agreementWords(attempts: Attempt[], folders: Map<string, string>): string {
  const said = attempts.filter(isAnswered).map((attempt) => agrees(attempt, folders)).filter((one) => one !== null)
  const hits = said.filter(Boolean).length
  return said.length ? `${hits} of ${said.length} agree with the name of their folder, ${percent(hits / said.length)}` : ''
}

/** "40 pictures, 2 of them could not be answered". */
export function summary(attempts: Attempt[]): string {
  const failed = attempts.filter((attempt) => attempt.error !== null).length
  const all = plural(attempts.length, 'picture')
  return failed ? `${all}, ${failed} of them could not be answered` : all
}

/** The epochs whose models answered: one, or the first and the last. */
export function epochWords(attempts: Attempt[]): string {
  const epochs = attempts.filter(isAnswered).map(({ answer }) => answer.epoch)
  const [first, last] = [Math.min(...epochs), Math.max(...epochs)]
  if (epochs.length === 0) return ''
  return first === last ? `The model of epoch ${first} answered` : `The best models of epochs ${first} to ${last} answered`
}

const PLACES = ['', 'second_', 'third_', 'fourth_', 'fifth_']

/** All that was asked, in the order of the names given, as a table for programs and spreadsheets. */
export function csv(attempts: Attempt[], folders: Map<string, string>): string {
  const places = PLACES.slice(0, Math.max(1, ...attempts.filter(isAnswered).map(({ answer }) => answer.top.length)))
  const header = ['file', ...places.flatMap((place) => [`${place}class`, `${place}probability`]), ...(folders.size ? ['folder_class', 'agrees'] : []), 'epoch', 'error']
  const rows = attempts.filter(({ answer, error }) => answer !== null || error !== null).map((attempt) => row(attempt, places.length, folders))
  const text = [header, ...rows].map((cells) => cells.map(cell).join(',')).join('\r\n') + '\r\n'
  return isAscii(text) ? text : `\uFEFF${text}`
}

function row(attempt: Attempt, places: number, folders: Map<string, string>): string[] {
  const top = attempt.answer?.top ?? []
  const guesses = Array.from({ length: places }, (_, at) => [top[at]?.class ?? '', top[at] ? String(top[at].probability) : '']).flat()
  const agree = isAnswered(attempt) ? agrees(attempt, folders) : null
  const folder = folders.size ? [folders.get(attempt.name) ?? '', agree === null ? '' : agree ? 'yes' : 'no'] : []
  return [attempt.name, ...guesses, ...folder, attempt.answer ? String(attempt.answer.epoch) : '', attempt.error ?? '']
}

/** A spreadsheet takes a cell that begins like this for a formula, and would run what a file's name says. */
const FORMULA = /^[=+\-@\t\r]/

function cell(text: string): string {
  const safe = FORMULA.test(text) ? `'${text}` : text
  return /[",\r\n']/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

/** Spreadsheets take text for that of old Windows, unless a mark says else. */
const isAscii = (text: string): boolean => [...text].every((letter) => letter.codePointAt(0)! < 128)
