import { expect, test } from 'vitest'
import type { RunState } from '../api/types'
import { fieldInterval } from './run-fields'

test('an accuracy has the interval of the images that it is of', () => {
  const scored = { validation_images: 400, test_images: 100 } as RunState
  expect(fieldInterval('best.val_accuracy', 0.8, scored)).toBe('95% interval 75.8 to 83.6% on 400 images')
  expect(fieldInterval('test.accuracy', 0.79, scored)).toBe('95% interval 70.0 to 85.8% on 100 images')
  expect([fieldInterval('best.val_loss', 0.5, scored), fieldInterval('best.val_accuracy', null, scored)]).toEqual(['', ''])
})
