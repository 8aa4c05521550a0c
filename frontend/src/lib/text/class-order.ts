/**
 * The order in which classes are shown: 2 before 10. Stored classes of an upload are sorted as Keras sorts folders, so
 * that 10 comes before 2; files, models and matrices keep that order.
 */

const PARTS = /\d+|\D+/g

/**
 * Returns the positions of the classes in natural order. Those without a number keep their places, as do all where the
 * numbered ones are stored in an order of their own.
 */
export function naturalOrder(names: string[]): number[] {
  const hasNumber = names.map((name) => /\d/.test(name))
  const numbered = [...names.keys()].filter((position) => hasNumber[position])
  const isSorted = numbered.every((position, place) => place === 0 || byCodePoint(names[numbered[place - 1]!]!, names[position]!) <= 0)
  const sorted = isSorted ? numbered.toSorted((a, b) => byNumbers(names[a]!, names[b]!) || a - b) : numbered
  let place = 0
  return [...names.keys()].map((position) => (hasNumber[position] ? sorted[place++]! : position))
}

export const inNaturalOrder = (names: string[]): string[] => naturalOrder(names).map((position) => names[position]!)

/** True if the classes are shown in another order than they are stored in. */
export const isReordered = (names: string[]): boolean => naturalOrder(names).some((position, place) => position !== place)

/** Compares numbers in the names by their values, and all else by code points. */
function byNumbers(a: string, b: string): number {
  const [left, right] = [a.match(PARTS) ?? [], b.match(PARTS) ?? []]
  for (const [place, part] of left.entries()) {
    const other = right[place]
    if (other === undefined) return 1
    const areNumbers = /^\d/.test(part) && /^\d/.test(other)
    const order = areNumbers ? Number(part) - Number(other) || part.length - other.length : byCodePoint(part, other)
    if (order !== 0) return order
  }
  return left.length - right.length
}

/** As Python compares strings; `<` compares UTF-16 units, which differs beyond U+FFFF. */
function byCodePoint(a: string, b: string): number {
  const [left, right] = [[...a], [...b]]
  const place = left.findIndex((character, at) => character !== right[at])
  if (place < 0) return left.length - right.length
  return right[place] === undefined ? 1 : left[place]!.codePointAt(0)! - right[place].codePointAt(0)!
}
