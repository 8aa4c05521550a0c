/** The story of an image: its prediction after each epoch, as steps to draw and as a sentence. */

import type { SampleDetail } from '../api/types'
import { count, plural, shortened } from '../text/format'

export interface Step {
  epoch: number
  predicted: string
  confidence: number | null
  /** Probability of the true class, where it is stored. */
  label: number | null
  isRight: boolean
  isBest: boolean
  mark: 'learnt' | 'forgotten' | null
}

export function steps({ story, epoch: best, true: label }: SampleDetail): Step[] {
  return story.epochs.map((epoch, at) => ({
    epoch,
    predicted: story.predicted[at]!,
    confidence: story.confidence[at] ?? null,
    label: story.label_confidence[at] ?? null,
    isRight: story.predicted[at] === label,
    isBest: epoch === best,
    mark: story.learnt.includes(epoch) ? 'learnt' : story.forgotten.includes(epoch) ? 'forgotten' : null,
  }))
}

/** More events than this are counted instead of listed. */
const MAX_LISTED = 6

export function storySentence(detail: SampleDetail): string {
  const { learnt, forgotten, flips, epochs } = detail.story
  const right = steps(detail).filter((step) => step.isRight).length
  const changed = flips ? ` The predicted class changed ${times(flips)}.` : ''
  if (!right) return `Never right in ${plural(epochs.length, 'epoch')}.${changed}`
  if (right === epochs.length) return `Right in ${epochs.length === 1 ? 'its only epoch' : `all ${count(epochs.length)} epochs`}.`
  return `${events(learnt, forgotten)}. Right in ${count(right)} of ${plural(epochs.length, 'epoch')}.${changed}`
}

function events(learnt: number[], forgotten: number[]): string {
  if (learnt.length + forgotten.length > MAX_LISTED) return `Learnt ${times(learnt.length)}, first in epoch ${learnt[0]}, and forgotten ${times(forgotten.length)}`
  const changes = learnt.flatMap((epoch, at) => [
    at === 0 ? `Learnt in epoch ${epoch}` : `learnt again in ${epoch}`,
    ...(forgotten[at] === undefined ? [] : [`forgotten in ${forgotten[at]}`]),
  ])
  return changes.join(', ')
}

const times = (value: number): string => (value === 1 ? 'once' : value === 2 ? 'twice' : `${count(value)} times`)

/** "3 of 4 runs say Dress", about this run and the others. */
export function verdictSummary(detail: SampleDetail): string {
  const predicted = detail.top[0]?.class
  if (predicted === undefined) return ''
  const agreeing = detail.others.filter((other) => other.predicted === predicted).length
  return `${agreeing + 1} of ${detail.others.length + 1} say ${shortened(predicted)}`
}

export function title(detail: SampleDetail): string {
  const predicted = detail.top[0]?.class ?? detail.story.predicted.at(-1)
  return predicted === detail.true ? `${detail.true}, recognized` : `${detail.true}, taken for ${predicted}`
}

/** "28 × 28 grey". */
export const shapeText = ([height, width, channels]: number[]): string => `${width} × ${height} ${channels === 1 ? 'grey' : 'color'}`

/** "7 of 8 are Dress", about the commonest class of the nearest images. */
export function neighbourSummary(classes: string[]): string {
  const images = (name: string): number => classes.filter((other) => other === name).length
  const commonest = classes.reduce((best, name) => (images(name) > images(best) ? name : best))
  return `${images(commonest)} of ${classes.length} are ${shortened(commonest)}`
}
