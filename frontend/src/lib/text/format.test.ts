import { expect, test } from 'vitest'
import * as format from './format'
import fileSizes from './file-sizes.json'
import percentages from './percentages.json'

test('shares are percentages', () => {
  expect(format.percent(0.9045)).toBe('90.45%')
  expect(format.percent(0.8974, 1)).toBe('89.7%')
  expect([format.percent(Math.fround(0.8815), 1), format.inPercent(0.8815)]).toEqual(['88.2%', '88.2'])
  expect(format.percent(null)).toBe('–')
})

test.each(percentages)('$share is $text, as the server writes it', ({ share, digits, text }) => {
  expect(format.percent(share, digits)).toBe(text)
})

test.each(fileSizes)('$bytes bytes are $text, as the server writes it', ({ bytes, text }) => {
  expect(format.bytes(bytes)).toBe(text)
})

test('numbers have four decimals while they are small', () => {
  expect(format.figure(0.26871)).toBe('0.2687')
  expect(format.figure(0)).toBe('0.0000')
  expect(format.figure(0.00001234)).toBe('1.23e-5')
  expect(format.figure(123.456)).toBe('123.46')
  expect(format.metric('val_accuracy', 0.5)).toBe('50.00%')
  expect(format.metric('val_loss', 0.5)).toBe('0.5000')
})

test('ordinals', () => {
  expect([1, 2, 3, 4, 11, 12, 13, 21, 22, 101, 111].map(format.ordinal)).toEqual([
    '1st',
    '2nd',
    '3rd',
    '4th',
    '11th',
    '12th',
    '13th',
    '21st',
    '22nd',
    '101st',
    '111th',
  ])
})

test('durations have at most two units', () => {
  expect(format.duration(0)).toBe('0 s')
  expect(format.duration(0.041)).toBe('41 ms')
  expect(format.duration(0.42)).toBe('0.4 s')
  expect(format.duration(41)).toBe('41 s')
  expect(format.duration(200)).toBe('3 min 20 s')
  expect(format.duration(180)).toBe('3 min')
  expect(format.duration(9900)).toBe('2 h 45 min')
  expect(format.duration(86400 * 3 + 4 * 3600)).toBe('3 days 4 h')
  expect(format.ticking(7.6)).toBe('8 s')
})

test('the time left is as rough as it is known, and the same for a while', () => {
  expect([3, 12, 41, 58, 89, 100].map((seconds) => format.timeLeft(seconds))).toEqual(['a few seconds', 'about 10 s', 'about 40 s', 'about 1 min', 'about 1 min 30 s', 'about 1 min 30 s'])
  expect([170, 200, 640, 4_700, 39_000, 100_000].map((seconds) => format.timeLeft(seconds, ''))).toEqual(['3 min', '3 min', '10 min', '1 h 20 min', '11 h', '1 day 6 h'])
})

test('how long ago a time was', () => {
  const now = Date.parse('2026-01-10T12:00:00Z')
  expect(format.ago(now - 12_000, now)).toBe('12 s ago')
  expect(format.ago(now + 5_000, now)).toBe('0 s ago')
  expect(format.ago(now - 190_000, now)).toBe('3 min ago')
  expect(format.ago(now - 26 * 3600_000, now)).toBe('yesterday')
  expect(format.ago(now - 49 * 3600_000, now)).toBe('2 days ago')
})

test('a time of day has two digits each', () => {
  expect(format.timeOfDay(new Date(2026, 0, 10, 9, 5, 7).toISOString())).toBe('09:05:07')
  expect(format.timeOfDay(new Date(2026, 0, 10, 23, 59, 0).toISOString())).toBe('23:59:00')
})

test('counts, bytes and lists', () => {
  expect([0, 999, 1000.4, 360458, -1234567].map(format.count)).toEqual(['0', '999', '1,000', '360,458', '-1,234,567'])
  expect([9_999, 10_000, 99_960, 100_000].map(format.compact)).toEqual(['9,999', '10k', '99.9k', '100k'])
  expect(format.plural(1, 'run')).toBe('1 run')
  expect(format.plural(2, 'class', 'classes')).toBe('2 classes')
  expect(format.bytes(4_720_000)).toBe('4.7 MB')
  expect(format.bytes(812)).toBe('812 bytes')
  expect(format.listed(['a', 'b', 'c'])).toBe('a, b and c')
  expect([format.shortened('Shirt', 5), format.shortened('T-shirt/top', 5)]).toEqual(['Shirt', 'T-sh…'])
})
