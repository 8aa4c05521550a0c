/** Computes the tick positions of an axis. */

/** Returns about `count` round values from `low` to `high`. */
export function linearTicks(low: number, high: number, count = 5): number[] {
  const step = roundStep((high - low) / count)
  const first = Math.ceil(low / step - 1e-9)
  const last = Math.floor(high / step + 1e-9)
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, at) => tidy((first + at) * step))
}

function roundStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough))
  const factor = [1, 2, 5, 10].find((candidate) => candidate * power >= rough * 0.999) ?? 10
  return factor * power
}

const tidy = (value: number): number => Number(value.toPrecision(10))

/** Returns 1, 2 and 5 times each power of ten inside the range; only the powers when there are many. */
export function logTicks(low: number, high: number): number[] {
  const from = Math.floor(Math.log10(low))
  const to = Math.ceil(Math.log10(high))
  const factors = to - from > 3 ? [1] : [1, 2, 5]
  const all = Array.from({ length: to - from + 1 }, (_, at) =>
    factors.map((factor) => tidy(factor * 10 ** (from + at))),
  )
  return all.flat().filter((value) => value >= low && value <= high)
}

/** Returns the epochs to label: the first, round ones, and the last where it does not overlap them. */
export function epochTicks(first: number, last: number, count = 5): number[] {
  if (last - first < count) return Array.from({ length: last - first + 1 }, (_, at) => first + at)
  const step = Math.max(1, roundStep((last - first) / count))
  const round = linearTicks(first, last, count).filter((tick) => Number.isInteger(tick) && tick - first >= step / 2)
  const hasRoom = last - (round.at(-1) ?? first) >= step / 2
  return [first, ...round, ...(hasRoom ? [last] : [])]
}
