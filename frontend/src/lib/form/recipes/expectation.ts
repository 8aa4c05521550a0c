/** What may be expected of a model from few images, in plain sentences. */

import { capital, percent, plural } from '../../text/format'

/** Images of a class from which on nothing has to be said. */
const FEW = 200
/** With fewer images of a class, a model has hardly seen anything. */
const VERY_FEW = 10

/** Measured: 50 images of each class of CIFAR-10, 1,000 other ones as a test (`docs/recipes.md`). */
const MEASURED = 'on 50 of each class of CIFAR-10, a new last layer on a backbone got 66% of 1,000 other images right, a network from scratch 39%'
/** Measured: `digits-quick` with three seeds, after the last epoch (`docs/recipes.md`). */
const MEASURED_SMALL = 'on 144 of each digit of 8 × 8 pixels, a small network got 96 to 97% of 359 other images right'

/** Pixels of a side from which on MEASURED may hold: on smaller images a backbone was not tried. */
const MEASURED_SIDE = 32
/** With this validation accuracy and more, a network needs no backbone. */
const GOOD_ACCURACY = 0.9

/** What is known of a dataset: the shape of its images, and the best validation accuracy that runs on as many of them reached. */
export interface Known {
  shape?: number[] | null | undefined
  reached?: number | null
}

const isSmall = (shape: Known['shape']): boolean => shape != null && Math.min(shape[0]!, shape[1]!) < MEASURED_SIDE

/** Whether a backbone may be advised: images are large enough, and no run was good without one. */
export const advisesBackbone = ({ shape, reached = null }: Known): boolean => !isSmall(shape) && (reached === null || reached < GOOD_ACCURACY)

/** Returns a sentence about `images` training images of `classes`; empty where there are enough. */
export function expectation(images: number, classes: number, { shape, reached = null }: Known): string {
  const each = Math.round(images / Math.max(1, classes))
  if (each >= FEW) return ''
  const number = `About ${plural(Math.max(1, each), 'training image')} a class`
  const comparison = isSmall(shape) ? MEASURED_SMALL : MEASURED
  if (reached !== null) return `${number}. The best run on them so far got ${percent(reached, 1)} of its validation images right.${reached < GOOD_ACCURACY ? ` ${capital(comparison)}.` : ''}`
  if (each < VERY_FEW) return `${number}: expect a first impression, no model to rely on. Ten more of each class change much.`
  return `${number}: ${comparison}. Classes that look unlike each other are learnt better, similar ones worse.`
}

/** "Tested on 14 images: one mistake is 7.1 points." */
export const oneMistake = (images: number): string => `Tested on ${plural(images, 'image')}: one mistake is ${percent(1 / images, 1).replace('%', '')} points of accuracy.`
