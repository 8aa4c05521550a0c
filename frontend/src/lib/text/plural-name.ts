/** The plural of a class name, for buttons such as "Correct Shirts". */

const IRREGULAR: Record<string, string> = { deer: 'deer', fish: 'fish', sheep: 'sheep', mouse: 'mice', wolf: 'wolves', man: 'men', woman: 'women' }

/** Returns English plurals; names that end in `s` or in other letters than a to z are returned unchanged. */
export function pluralName(name: string): string {
  if (name.toLowerCase() in IRREGULAR) return IRREGULAR[name.toLowerCase()]!
  if (/^\d$/.test(name)) return `${name}s`
  if (/(ss|x|ch|sh)$/.test(name)) return `${name}es`
  if (/[^aeiou]y$/.test(name)) return `${name.slice(0, -1)}ies`
  return /[a-rt-z]$/.test(name) ? `${name}s` : name
}
