/** Names the zone of the times that a page shows, once for all of them. */

/**
 * "Europe/Berlin (now UTC+1)", from the minutes of now east of UTC. Times before a change of the clocks had another offset.
 * UTC is named without Intl, whose data take 10 to 20 ms to load.
 */
export function timeZoneText(minutes = -new Date().getTimezoneOffset(), nameOf = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone): string {
  if (minutes === 0) return 'UTC'
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60]
  return `${nameOf()} (now UTC${minutes < 0 ? '-' : '+'}${hours}${rest ? `:${String(rest).padStart(2, '0')}` : ''})`
}
