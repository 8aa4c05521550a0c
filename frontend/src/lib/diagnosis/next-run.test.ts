import { expect, test } from 'vitest'
import { earlierText, nextRunRequest, valuesNow, withChanges } from './next-run'

const spec = { model: { preset: 'vgg', options: { flatten_dropout: 0 } }, augmentation: null, epochs: 15 }
const dropout = { title: 'Dropout of 0.5', changes: { 'model.options.flatten_dropout': 0.5 }, seconds: 840, earlier: null }

test('a next run is a clone with the one change', () => {
  expect(nextRunRequest({ id: 'abc', name: 'vgg', spec }, dropout)).toEqual({
    spec: { ...spec, model: { preset: 'vgg', options: { flatten_dropout: 0.5 } } },
    cloned_from: 'abc',
    name: 'vgg: Dropout of 0.5',
  })
  expect(spec.model.options.flatten_dropout).toBe(0)
})

test('a whole part can be the change', () => {
  expect(withChanges(spec, { augmentation: { width_shift: 0.1 } }).augmentation).toEqual({ width_shift: 0.1 })
})

test('a name has at most 120 characters', () => {
  expect(nextRunRequest({ id: 'abc', name: '🦉'.repeat(120), spec }, dropout).name).toBe('🦉'.repeat(120))
})

test('a next run says which values it changes', () => {
  expect(valuesNow(spec, dropout)).toContain('now 0')
})

test('what a change brought before is given with its number of pairs', () => {
  expect(earlierText({ earlier: { n: 3, gain: 0.008, low: -0.001, high: 0.019 } })).toBe('In 3 earlier pairs this brought +0.80 points (−0.10 to +1.90).')
  expect(earlierText({ earlier: { n: 1, gain: -0.02, low: -0.02, high: -0.02 } })).toBe('In 1 earlier pair this brought −2.00 points.')
  expect(earlierText(dropout)).toBe('')
})
