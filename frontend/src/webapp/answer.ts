/** What the page says of the probabilities of an image. */

export interface Row {
  name: string
  probability: number
  isFirst: boolean
}

export interface Answer {
  headline: string
  detail: string
  isSure: boolean
  rows: Row[]
}

/** Up to this many classes are all shown in their own order, so that nothing jumps while the camera runs. */
const MAX_FIXED = 8
const TOP = 5

export const percent = (probability: number): string => `${(probability * 100).toFixed(probability > 0.0995 ? 0 : 1)}%`

export function answerOf(classes: string[], probabilities: ArrayLike<number>, threshold: number | null): Answer {
  const rows = rowsOf(classes, probabilities)
  const first = rows.find((row) => row.isFirst)!
  const isSure = first.probability >= (threshold ?? 0)
  return {
    headline: isSure ? first.name : 'Not sure',
    detail: isSure ? percent(first.probability) : `${first.name} is likeliest with ${percent(first.probability)}; an answer needs ${percent(threshold!)}.`,
    isSure,
    rows: classes.length > MAX_FIXED ? [...rows].sort((one, other) => other.probability - one.probability).slice(0, TOP) : rows,
  }
}

function rowsOf(classes: string[], probabilities: ArrayLike<number>): Row[] {
  const best = Array.from(probabilities).indexOf(Math.max(...Array.from(probabilities)))
  return classes.map((name, index) => ({ name, probability: probabilities[index]!, isFirst: index === best }))
}
