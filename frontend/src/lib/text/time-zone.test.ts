import { expect, test } from 'vitest'
import { timeZoneText } from './time-zone'

test('a zone has its name and the offset of today', () => {
  expect(timeZoneText('Europe/Berlin', new Date('2026-01-10T12:00:00Z'))).toBe('Europe/Berlin (now UTC+1)')
  expect(timeZoneText('Europe/Berlin', new Date('2026-07-10T12:00:00Z'))).toBe('Europe/Berlin (now UTC+2)')
  expect(timeZoneText('Asia/Kolkata', new Date('2026-01-10T12:00:00Z'))).toBe('Asia/Kolkata (now UTC+5:30)')
})

test('UTC needs no offset', () => {
  expect(timeZoneText('UTC', new Date('2026-01-10T12:00:00Z'))).toBe('UTC')
})
