/** Keeps the answers of a quiz in this browser tab, so that they survive a reload and other pages, until they are sent. */

/** A class, null for "I don't know", and undefined for an image that is still open. */
export type Answer = string | null | undefined

const keyOf = (quiz: string): string => `quiz ${quiz}`

/** Returns an answer for each of the images; open ones where nothing is stored. */
export function loadAnswers(quiz: string, images: number): Answer[] {
  const stored = read(quiz)
  return Array.from({ length: images }, (_, at) => stored[at])
}

/** Stores which images are answered. The game goes on where the browser keeps nothing. */
export function saveAnswers(quiz: string, answers: Answer[]): void {
  try {
    sessionStorage.setItem(keyOf(quiz), JSON.stringify({ ...answers }))
  } catch {
    // the browser keeps nothing
  }
}

export function forgetAnswers(quiz: string): void {
  try {
    sessionStorage.removeItem(keyOf(quiz))
  } catch {
    // the browser keeps nothing
  }
}

/** The answers by the position of their image; those that are open have none. */
function read(quiz: string): Record<number, string | null> {
  try {
    return (JSON.parse(sessionStorage.getItem(keyOf(quiz)) ?? 'null') as Record<number, string | null> | null) ?? {}
  } catch {
    return {}
  }
}
