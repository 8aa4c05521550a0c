import { expect, test } from 'vitest'
import type { Calibration, CalibrationBin } from '../api/types'
import { axisStart, axisTicks, observation, reliabilityPoints, verdict } from './reliability'

const bin = (n: number, confidence: number | null, accuracy: number | null, interval: [number, number] | null): CalibrationBin => ({ low: 0.9, high: 1, n, confidence, accuracy, interval })
const empty = bin(0, null, null, null)
const sure = bin(7908, 0.993, 0.963, [0.958, 0.967])

test('empty bins have no point', () => {
  expect(reliabilityPoints([empty, sure])).toEqual([{ confidence: 0.993, accuracy: 0.963, low: 0.958, high: 0.967, n: 7908 }])
})

test('the axes begin at a tick below every point', () => {
  expect(axisStart([reliabilityPoints([sure]), reliabilityPoints([bin(9, 0.5, 0.41, [0.2, 0.7])])])).toBeCloseTo(0.4)
  expect(axisStart([[]])).toBeCloseTo(0.8)
  expect(axisTicks(0.8).map((tick) => tick.toFixed(1))).toEqual(['0.8', '1.0'])
})

test('the verdict says whether mean confidence is within the interval of the accuracy', () => {
  const result = { accuracy: 0.9, interval: [0.88, 0.92], confidence: 0.95 } as Calibration
  expect(verdict(result)).toBe('It is right 90.0% of the time, and surer than it should be.')
  expect(verdict({ ...result, confidence: 0.91 })).toContain('about as sure as it should be')
  expect(verdict({ ...result, confidence: 0.8 })).toContain('less sure than it could be')
})

test('the observation names the bin that adds most to the error, if it is beyond chance', () => {
  expect(observation([empty, bin(5, 0.9, 0.5, [0.2, 0.8]), sure], 'As trained')).toEqual({
    claim: 'As trained, it is too sure:',
    evidence: 'on the 7,908 images where it says 90% to 100%, it says 99.3% on average and is right 96.3% of the time.',
  })
  const justOutside = bin(155, 0.834, 0.761, [0.688, 0.821])
  expect(observation([justOutside], 'Scaled').claim).toBe('Scaled, its confidence can be believed:')
  expect(observation([empty, bin(5, 0.7, 0.6, [0.2, 0.8])], 'Scaled').claim).toBe('Scaled, its confidence can be believed:')
})
