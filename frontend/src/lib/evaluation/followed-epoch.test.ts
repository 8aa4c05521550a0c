import { expect, test } from 'vitest'
import type { Best } from '../api/types'
import { followedEpoch } from './followed-epoch'

const best = (epoch: number, metrics: Best['metrics']): Best => ({ epoch, monitor: 'val_loss', value: 0.1, metrics })

test('an epoch that is behind is named with its accuracy beside the best one, so that two accuracies are no riddle', () => {
  expect(followedEpoch({ epoch: 1, accuracy: 0.7604 }, best(14, { val_accuracy: 0.9666 }))).toEqual({
    isBehind: true,
    drawn: 'Epoch 1: 76.0% right',
    best: 'the best so far is epoch 14: 96.7%',
  })
  expect(followedEpoch({ epoch: 1, accuracy: 0.76 }, best(2, {})).best).toBe('the best so far is epoch 2')
})

test('the best epoch is called so', () => {
  expect(followedEpoch({ epoch: 14, accuracy: 0.9666 }, best(14, { val_accuracy: 0.9666 }))).toEqual({ isBehind: false, drawn: 'Epoch 14, the best so far: 96.7% right', best: '' })
})
