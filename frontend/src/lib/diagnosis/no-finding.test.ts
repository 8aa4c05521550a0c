import { expect, test } from 'vitest'
import type { LiveRun } from '../api/types'
import { noFindingText } from './no-finding'

const table = (train: number[], validation: number[]) => ({ epochs: train.map((_, at) => at + 1), series: { accuracy: train, val_accuracy: validation }, elapsed: [] })
const finished = { status: 'finished', ended_by: 'epochs' } as LiveRun

test('without a finding a gap that widens is explained', () => {
  expect(noFindingText(finished, table([0.8, 0.9], [0.8, 0.9]))).toBe('None of the rules finds a fault in this run.')
  expect(noFindingText({ ...finished, status: 'running' } as LiveRun, table([0.8], [0.8]))).toBe('Nothing stands out so far.')
  const text = noFindingText(finished, table([0.8, 0.87, 0.92, 0.95], [0.8, 0.84, 0.86, 0.87]))
  expect(text).toContain('widened since epoch 1, to 8.0 pt; it is called overfitting once validation loss has risen')
})

test('a gap that widens is called harmless while validation loss falls', () => {
  const widening = table([0.8, 0.87, 0.92, 0.95], [0.8, 0.84, 0.86, 0.87])
  const text = (losses: number[]) => noFindingText(finished, { ...widening, series: { ...widening.series, val_loss: losses } })
  expect(text([0.6, 0.5, 0.45, 0.42])).toContain('while validation loss still falls, that does no harm')
  expect(text([0.4, 0.5, 0.55, 0.6])).toContain('it is called overfitting once')
})
