/** Names of the classes and of the dataset that they become. */

import { listed } from '../text/format'
import { suggestedName } from '../uploads/upload-options'
import type { CapturedClass } from './captured.svelte'

const MAX_NAME = 100
/** Classes become folders of a zip. */
const FORBIDDEN = /[/\\]|^\./

/** Returns what is wrong with the name of a class; empty where nothing is. */
export function classNameError(name: string, others: string[]): string {
  const folded = fold(name)
  if (!folded) return 'Enter a name'
  if (FORBIDDEN.test(name.trim())) return 'A name has no slash, and begins with no dot'
  if (name.length > MAX_NAME) return `A name has at most ${MAX_NAME} characters`
  if (others.some((other) => fold(other) === folded)) return 'Another class has this name'
  return ''
}

const fold = (name: string): string => name.trim().normalize('NFC').toLocaleLowerCase('en')

/** "mug-bottle"; "camera" for many classes. A name that is taken gets a number. */
export function suggestedDataset(classes: string[], takenNames: string[]): string {
  const base = (classes.length <= 3 && suggestedName(classes.join(' ')).slice(0, 56)) || 'camera'
  let [name, number] = [base, 1]
  while (takenNames.includes(name)) name = `${base}-${(number += 1)}`
  return name
}

/** Returns what is missing until the pictures can be kept; empty where nothing is. */
export function missingText(classes: CapturedClass[]): string {
  const few = classes.filter(({ pictures }) => pictures.length < 2).map(({ name }) => name.trim() || 'the class without a name')
  if (classes.length < 2) return 'A model needs at least two classes.'
  if (few.length) return `Each class needs at least two pictures; ${listed(few)} ${few.length === 1 ? 'has' : 'have'} fewer.`
  return ''
}
