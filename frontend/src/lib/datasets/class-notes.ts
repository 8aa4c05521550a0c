/** What the numbers of images of the classes mean for a training: missing, unequal and rare classes. */

import { count, listed, percent, plural, shortened } from '../text/format'
import { FEW_IMAGES, wilson } from '../text/interval'
import { total } from './dataset-text'
import type { Dataset } from '../api/types'

export interface ClassNote {
  head: string
  text: string
}

const NAMED = 3

export function classNotes(dataset: Dataset): ClassNote[] {
  return [missing(dataset), imbalance(dataset), rare(dataset)].filter((note) => note !== null)
}

const classesWhere = (dataset: Dataset, split: string, isMeant: (images: number) => boolean): string[] =>
  (dataset.classes ?? []).filter((_, at) => isMeant(dataset.counts?.[split]?.[at] ?? FEW_IMAGES))

function named(names: string[]): string {
  const more = names.length - NAMED
  return listed([...names.slice(0, NAMED).map((name) => shortened(name)), ...(more > 0 ? [`${count(more)} more`] : [])])
}

const has = (names: string[]): string => `${named(names)} ${names.length === 1 ? 'has' : 'have'}`

/** Classes that no model can learn. */
function missing(dataset: Dataset): ClassNote | null {
  const names = classesWhere(dataset, 'train', (images) => images === 0)
  return names.length ? { head: `${has(names)} no training images.`, text: 'A model can never learn what it does not see. Upload some, or leave the class out.' } : null
}

/** Null when the largest class has less than twice the images of the smallest. */
function imbalance(dataset: Dataset): ClassNote | null {
  const counts = dataset.counts?.train ?? []
  const present = counts.filter((images) => images > 0)
  const [most, least] = [Math.max(...present), Math.min(...present)]
  if (present.length < 2 || most < 2 * least) return null
  const [large, small] = [most, least].map((value) => shortened(dataset.classes?.[counts.indexOf(value)] ?? ''))
  return {
    head: `${small} has ${plural(least, 'training image')}, ${large} ${count(most)}.`,
    text: `Baseline (always ${large}): ${percent(most / total(counts), 1)}. Balanced class weights can help; choose them in the Optimizer section of the form.`,
  }
}

/** Classes whose figures mean little, in the split that runs validate on. */
function rare(dataset: Dataset): ClassNote | null {
  const split = dataset.counts?.validation ? 'validation' : 'test'
  const counts = dataset.counts?.[split] ?? []
  const names = classesWhere(dataset, split, (images) => images < FEW_IMAGES)
  if (!names.length) return null
  const least = Math.min(...counts)
  if (least === 0) {
    const absent = classesWhere(dataset, split, (images) => images === 0)
    return { head: `${has(absent)} no ${split} images.`, text: 'Support is 0: nothing is known of how often a model recognizes it.' }
  }
  const head = names.length > 1 ? `${has(names)} fewer than ${FEW_IMAGES} ${split} images.` : `${has(names)} ${plural(least, `${split} image`)}.`
  const low = percent(wilson(1, least)[0], 0)
  return { head, text: `With ${plural(least, 'image')}, even a recall of 100% may be one of ${low} (95%). Runs show macro F1 with its interval beside the accuracy.` }
}
