/** The letter and the color of a run on this page: A is blue, B orange, and more runs take the hues of the palette in turn. */

const LETTERS = 26
const HUES = 6

/** Returns A to Z, then AA, AB and so on. */
export function runKey(position: number): string {
  const letter = String.fromCharCode(65 + (position % LETTERS))
  return position < LETTERS ? letter : runKey(Math.floor(position / LETTERS) - 1) + letter
}

/** Returns the number of the hue, 0 to 5. */
export const hueOf = (position: number): number => position % HUES

export const hueStyle = (position: number): string => `--c: var(--series-${hueOf(position) + 1})`
