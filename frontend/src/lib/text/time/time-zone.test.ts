import { expect, test } from 'vitest'
import { timeZoneText } from './time-zone'

test('a zone has its name and the offset of today', () => {
  expect(timeZoneText(60, () => 'Europe/Berlin')).toBe('Europe/Berlin (now UTC+1)')
  expect(timeZoneText(120, () => 'Europe/Berlin')).toBe('Europe/Berlin (now UTC+2)')
  expect(timeZoneText(330, () => 'Asia/Kolkata')).toBe('Asia/Kolkata (now UTC+5:30)')
  expect(timeZoneText(-210, () => 'America/St_Johns')).toBe('America/St_Johns (now UTC-3:30)')
})

test('the zone is that of this computer', () => {
  const minutes = -new Date().getTimezoneOffset()
  expect(timeZoneText()).toBe(timeZoneText(minutes, () => Intl.DateTimeFormat().resolvedOptions().timeZone))
})

test('UTC needs no offset', () => {
  expect(timeZoneText(0)).toBe('UTC')
})
