import { expect, test } from 'vitest'
import { choiceText, numberText, objectiveScale, settingScale } from './scale'

test('a list of values is spaced evenly, a value that is not in it has no place', () => {
  const scale = settingScale([32, 64, 256])
  expect([32, 64, 256, 100].map(scale.at)).toEqual([0, 0.5, 1, null])
  expect(scale.ticks.map((tick) => tick.text)).toEqual(['32', '64', '256'])
})

test('switches, empty values and lists are choices', () => {
  expect([true, false, null, [], [32, 64], 'adam'].map(choiceText)).toEqual(['on', 'off', 'none', 'none', '32, 64', 'adam'])
  expect(settingScale([[32], [32, 64]]).at([32, 64])).toBe(1)
})

test('numbers have three significant digits, whole ones are exact', () => {
  expect([60000, 0.00123456, 1e-5, 0.25, 1234.56].map(numberText)).toEqual(['60,000', '0.00123', '1e-5', '0.25', '1230'])
})

test('a range is linear or logarithmic', () => {
  const linear = settingScale({ low: 0, high: 0.5 })
  expect([linear.at(0.25), linear.textAt(0.5)]).toEqual([0.5, '0.25'])
  const log = settingScale({ low: 1e-4, high: 1e-2, log: true })
  expect(log.at(1e-3)).toBeCloseTo(0.5)
  expect(log.ticks.map((tick) => tick.text)).toContain('0.001')
})

test('a failed run does not squeeze the others', () => {
  const values = [0.1, ...Array.from({ length: 20 }, (_, at) => 0.9 + at / 1000)]
  const scale = objectiveScale('best.val_accuracy', values)
  expect(scale.at(0.1)).toBe(0)
  expect(scale.at(0.919)! - scale.at(0.9)!).toBeGreaterThan(0.2)
})

test('one value and no value have a scale, too', () => {
  expect(objectiveScale('best.val_accuracy', [0.9]).at(0.9)).toBeCloseTo(0.5)
  expect(objectiveScale('best.val_loss', []).at(null)).toBe(null)
})
