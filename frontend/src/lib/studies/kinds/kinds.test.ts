import { expect, test } from 'vitest'
import { labelPlaces, ladderSentence, ladderSteps } from './ladder'
import { fitted, twiceSentence } from './learning-curve'
import { pairedSentence, repeatSentence } from './repeat'
import { study } from '../study-examples'
import type { PairedTest, Rung } from '../../api/study-types'

const OBJECTIVE = 'best.val_accuracy'
const paired: PairedTest = { study: 's', name: 'adam', n: 5, difference: 0.012, deviation: 0.004, interval: [0.007, 0.017], p_value: 0.008, test: 'paired-t' }
const rung = (title: string, mean: number | null, gain: number | null = null, p_value: number | null = null): Rung => ({ rung: 0, title, description: '', changes: {}, mean, deviation: 0.002, n: 3, gain, gain_interval: null, p_value, seconds: 10 })

test('repeated runs have a mean and a spread', () => {
  const repeat = (n: number) => study({ kind: 'repeat', summary: [{ values: {}, mean: 0.951, deviation: 0.0042, n }] })
  expect(repeatSentence(repeat(3))).toBe('The val. accuracy is 95.10% ± 0.42 over 3 seeds.')
  expect(repeatSentence(repeat(2))).toContain('add some')
  expect(repeatSentence(study({ summary: [] }))).toBe('')
})

test('a paired test says who is better, or that it may be chance', () => {
  expect(pairedSentence(OBJECTIVE, paired)).toBe('5 shared seeds: +1.20 pt ± 0.40; this study is better, p = 0.008 (paired t-test).')
  expect(pairedSentence(OBJECTIVE, { ...paired, p_value: 0.3 })).toContain('may be chance, p = 0.3')
  expect(pairedSentence('best.val_loss', paired)).toContain('the other study is better')
})

test('the ladder says what bought the most and what may be chance', () => {
  const steps = ladderSteps([rung('Strided CNN', 0.689), rung('Pooling', 0.75, 0.061, 0.001), rung('Plateau', 0.752, 0.002, 0.3)])
  expect(steps.map((step) => step.before)).toEqual([null, 0.689, 0.75])
  expect(ladderSentence(OBJECTIVE, steps)).toBe(
    '+6.30 pt from Strided CNN (68.90%) to the last rung (75.20%). Pooling changed the most: +6.10 pt. Plateau may be chance: the change is within what seeds differ by. More seeds would tell.',
  )
  expect(ladderSentence(OBJECTIVE, ladderSteps([rung('Strided CNN', 0.7), rung('Pooling', null)]))).toContain('once two rungs have finished')
})

test('the change of a rung stands inside a high block, else on the other side of the value', () => {
  expect(labelPlaces(100, 200, 95, 105)).toEqual({ value: 85, change: 156.5 })
  expect(labelPlaces(100, 110, 95, 105)).toEqual({ value: 85, change: 128 })
  expect(labelPlaces(110, 100, 105, 115)).toEqual({ value: 133, change: 78 })
})

test('twice the data is described with its interval, or not at all', () => {
  const points = [{ images: 1000, mean: 0.9, deviation: 0.01, n: 3 }]
  const twice = { images: 2000, value: 0.92, low: 0.91, high: 0.93 }
  expect(twiceSentence(OBJECTIVE, { points, fit: null, twice })).toBe('Twice the data, 2,000 images, would bring a val. accuracy of about 92.00% (95% interval 91.00% to 93.00%): +2.00 pt.')
  expect(twiceSentence(OBJECTIVE, { points, fit: null, twice: { ...twice, low: null, high: null } })).toContain('about 92.00%: +2.00 pt')
  expect(twiceSentence(OBJECTIVE, { points, fit: null, twice: null })).toContain('at least three sizes')
  expect(twiceSentence(OBJECTIVE, { points: [], fit: null, twice: null })).toContain('first runs')
  expect(fitted({ a: 0.95, b: -0.5, c: -0.5 }, 100)).toBeCloseTo(0.9)
})
