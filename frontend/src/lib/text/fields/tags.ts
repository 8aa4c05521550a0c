/** Reads a list of tags from a text field. */

/** "digits, learning rate" as tags: trimmed, without empty ones and repeats. */
export function parseTags(text: string): string[] {
  const tags = text.split(',').map((tag) => tag.trim())
  return [...new Set(tags.filter(Boolean))]
}
