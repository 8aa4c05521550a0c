/** Says which held-out images a network may know from training, and how much that can change its figures. */

import { count, inPercent } from '../text/format'
import { total } from './dataset-text'

export interface SplitText {
  split: string
  head: string
  text: string
}

/** `seen` has the number of held-out images with a duplicate in train, and `counts` the images of each class, both by split. */
export function duplicatesTexts(seen: Record<string, number>, counts: Record<string, number[]>): SplitText[] {
  return Object.entries(seen).map(([split, images]) => {
    const all = total(counts[split])
    const subject = images === 1 ? `1 of ${count(all)} images of ${split} has` : `${count(images)} of ${count(all)} images of ${split} have`
    return {
      split,
      head: `${subject} a duplicate or near duplicate in train.`,
      text: `A network may know ${images === 1 ? 'it' : 'them'} by heart, which can raise its accuracy on ${split} by at most ${inPercent(images / all, 2)} percentage points.`,
    }
  })
}
