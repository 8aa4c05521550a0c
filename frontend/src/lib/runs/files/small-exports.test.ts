import { expect, test } from 'vitest'
import { cells, differenceOf, isSmall, measuredOn, type Figures } from './small-exports'
import type { Export } from '../../api/types'

const figures: Figures = {
  images: 1000, of_images: 1000, accuracy: 0.729, interval: [0.701, 0.756], original_accuracy: 0.739, difference: -0.01,
  difference_interval: [-0.023, 0.003], same_answers: 0.923, largest_difference: 0.674, prediction_ms: 1.374, original_prediction_ms: 12.1,
  original_bytes: 13_502_868, processor: 'A processor', calibration_images: 200, warning: null,
}

test('only the float16 and int8 files are small', () => {
  expect((['tflite', 'tflite_float16', 'tflite_int8', 'onnx'] as const).filter((kind) => isSmall({ kind } as Export))).toEqual(['tflite_float16', 'tflite_int8'])
})

test('each figure stands beside the original’s', () => {
  expect(cells(3_986_736, figures).map(({ value, beside }) => [value, beside])).toEqual([
    ['4.0 MB', 'of 13.5 MB'],
    ['72.90%', '−1.0 points (−2.3 to +0.3), original 73.90%'],
    ['92.30%', 'a probability differs by up to 0.67'],
    ['1.37 ms', 'original 12.1 ms'],
  ])
})

test('an equal accuracy has no sign', () => {
  expect(differenceOf({ ...figures, difference: 0, difference_interval: [-0.002, 0.002] })).toBe('±0.0 points (−0.2 to +0.2)')
})

test('the number of images is given where it is a part', () => {
  expect(measuredOn({ ...figures, of_images: 5000 })).toContain('on 1,000 of 5,000 validation images')
})
