/** Formats numbers, times and lists for the page. */

export const NONE = '–'

/** Relative. A half is rounded up, also where its share lies just below it in float32: 0.8815 is 88.1499… in binary. The server has the same
 * rule (`backend/phrases.py`). */
const ROUNDING_NUDGE = 1e-7

/** Formats a share as a percentage: 0.9045 is "90.45%". */
export function percent(share: number | null | undefined, digits = 2): string {
  return share == null ? NONE : `${inPercent(share, digits)}%`
}

/** Formats a share in percent without the sign, for ranges and differences: 0.8815 is "88.2". */
export function inPercent(share: number, digits = 1): string {
  return (share * 100 * (1 + ROUNDING_NUDGE)).toFixed(digits)
}

/** Formats a loss or another number, with four decimals below 10. */
export function figure(value: number | null | undefined): string {
  if (value == null) return NONE
  const size = Math.abs(value)
  if (size !== 0 && (size < 0.001 || size >= 1e6)) return value.toExponential(2)
  return value.toFixed(size < 10 ? 4 : size < 1000 ? 2 : 0)
}

/** Formats a metric: accuracies and F1 as percentages, losses as numbers. */
export function metric(name: string, value: number | null | undefined): string {
  return isShare(name) ? percent(value) : figure(value)
}

export function isShare(name: string): boolean {
  return name.endsWith('accuracy') || name.endsWith('f1')
}

/** Formats a whole number with commas. Without Intl, whose data take 10 to 20 ms to load, while the page is first drawn. */
export function count(value: number | null | undefined): string {
  return value == null ? NONE : String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ',')
}

export function plural(value: number, singular: string, pluralForm = `${singular}s`): string {
  return `${count(value)} ${value === 1 ? singular : pluralForm}`
}

/** Cuts a large count to thousands, for narrow columns: 99,960 is 99.9k. */
export function compact(value: number): string {
  return value < 10_000 ? count(value) : `${Math.floor(value / 100) / 10}k`
}

export function ordinal(value: number): string {
  const suffix = ['th', 'st', 'nd', 'rd']
  const rest = value % 100
  return `${value}${suffix[(rest - 20) % 10] ?? suffix[rest] ?? 'th'}`
}

/** Formats a size in three digits. The server has the same rule in `phrases.py`, and one file of examples tests both. */
export function bytes(value: number): string {
  const units = ['bytes', 'KB', 'MB', 'GB']
  let size = value
  let unit = 0
  while (size >= 999.5 && unit < units.length - 1) {
    size /= 1000
    unit += 1
  }
  return `${unit === 0 || size >= 99.95 ? Math.round(size) : (Math.round(size * 10) / 10).toFixed(1)} ${units[unit]}`
}

/** Formats a duration in at most two units: "41 ms", "41 s", "3 min 20 s", "2 h 45 min", "3 days 4 h". */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds))
  if (seconds > 0 && seconds < 0.095) return `${Math.max(1, Math.round(seconds * 1000))} ms`
  if (seconds > 0 && seconds < 9.95 && whole !== seconds) return `${seconds.toFixed(1)} s`
  if (whole < 60) return `${whole} s`
  if (whole < 3600) return join(Math.floor(whole / 60), 'min', whole % 60, 's')
  if (whole < 86400) return join(Math.floor(whole / 3600), 'h', Math.round((whole % 3600) / 60), 'min')
  const days = Math.floor(whole / 86400)
  return join(days, days === 1 ? 'day' : 'days', Math.round((whole % 86400) / 3600), 'h')
}

function join(large: number, unit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${unit}` : `${large} ${unit} ${small} ${smallUnit}`
}

/** Formats a duration in whole seconds, for values that change every second. */
export function ticking(seconds: number): string {
  return duration(Math.max(0, Math.round(seconds)))
}

/** Steps in seconds of a time below the first number: so roughly is known how long a training takes. */
const STEPS = [
  [57.5, 5],
  [165, 30],
  [570, 60],
  [3_450, 300],
  [34_200, 600],
  [86_400, 3_600],
] as const

/** Formats an estimate of the time left, in steps, so that it does not jump: "about 25 s", "about 1 h 20 min". */
export function timeLeft(seconds: number, about = 'about '): string {
  if (seconds < 7.5) return 'a few seconds'
  const step = STEPS.find(([below]) => seconds < below)?.[1] ?? 21_600
  return `${about}${duration(Math.round(seconds / step) * step)}`
}

/** Formats how long ago a time was, in one unit: "12 s ago", "3 min ago", "yesterday", "2 days ago". */
export function ago(time: number, now: number): string {
  const seconds = Math.max(0, Math.round((now - time) / 1000))
  if (seconds < 60) return `${seconds} s ago`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`
  if (seconds < 86400) return `${Math.floor(seconds / 3600)} h ago`
  const days = Math.floor(seconds / 86400)
  return days === 1 ? 'yesterday' : `${days} days ago`
}

/** Formats a local time of day, "09:05:07", without Intl. */
export function timeOfDay(time: string): string {
  const date = new Date(time)
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => String(part).padStart(2, '0')).join(':')
}

/** Formats the exact local time, for tooltips. */
export function exact(time: string | null | undefined): string {
  return time ? new Date(time).toLocaleString() : ''
}

/** Cuts a long name for use inside a sentence. */
export function shortened(text: string, limit = 40): string {
  const letters = [...text]
  return letters.length > limit ? `${letters.slice(0, limit - 1).join('')}…` : text
}

export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/** "a, b and c". */
export function listed(words: string[]): string {
  if (words.length < 2) return words.join('')
  return `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`
}
