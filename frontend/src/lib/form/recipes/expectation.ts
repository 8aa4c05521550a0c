/** What may be expected of a model from few images, in plain sentences. */

import { percent, plural } from '../../text/format'

/** Images of a class from which on nothing has to be said. */
const FEW = 200
/** With fewer images of a class, a model has hardly seen anything. */
const VERY_FEW = 10

/** Measured: 50 images of each class of CIFAR-10, 1,000 other ones as a test (`docs/recipes.md`). */
const MEASURED = 'on 50 of each class of CIFAR-10, a new last layer on a backbone got 66% of 1,000 other images right, a network from scratch 39%'

/** Pixels of a side from which on what was measured may hold: on smaller images a backbone was not tried. */
const MEASURED_SIDE = 32

/** Whether a backbone may be advised for images of that shape, [height, width, channels]. */
export const fitsBackbone = (shape: number[] | null | undefined): boolean => !shape || Math.min(shape[0]!, shape[1]!) >= MEASURED_SIDE

/** Returns a sentence about `images` training images of `classes`; empty where there are enough. */
export function expectation(images: number, classes: number, shape?: number[] | null): string {
  const each = Math.round(images / Math.max(1, classes))
  if (each >= FEW) return ''
  const number = `About ${plural(Math.max(1, each), 'training image')} a class`
  if (each < VERY_FEW) return `${number}: expect a first impression, no model to rely on. Ten more of each class change much.`
  return `${number} are few${fitsBackbone(shape) ? `: ${MEASURED}` : ''}. Classes that look unlike each other are learnt better, similar ones worse.`
}

/** "Tested on 14 images: one mistake is 7.1 points." */
export const oneMistake = (images: number): string => `Tested on ${plural(images, 'image')}: one mistake is ${percent(1 / images, 1).replace('%', '')} points of accuracy.`
