/** Compares two JSON values, ignoring the order of keys in objects. */

export function equal(first: unknown, second: unknown): boolean {
  return JSON.stringify(sorted(first)) === JSON.stringify(sorted(second))
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, part]) => [key, sorted(part)]),
  )
}
