/** Names the zone of the times that a page shows, once for all of them. */

/** "Europe/Berlin (now UTC+1)". Times before a change of the clocks had another offset. */
export function timeZoneText(zone = Intl.DateTimeFormat().resolvedOptions().timeZone, now = new Date()): string {
  const parts = new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'shortOffset' }).formatToParts(now)
  const offset = parts.find(({ type }) => type === 'timeZoneName')?.value.replace('GMT', 'UTC') ?? 'UTC'
  return /^UTC([+-]0)?$/.test(offset) ? 'UTC' : `${zone} (now ${offset})`
}
