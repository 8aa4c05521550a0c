import { expect, test } from 'vitest'
import { runActions, suggestedEpochs } from './run-actions'
import type { Run } from '../../api/types'

const run = (changes: Partial<Run>): Run =>
  ({ status: 'running', stop: null, ended_by: null, epoch: 4, epochs: 15, metrics: { loss: 0.5 }, spec: { callbacks: { terminate_on_nan: true } }, ...changes }) as Run

const described = (changes: Partial<Run>): string[] => runActions(run(changes)).map(({ title, effect }) => `${title}: ${effect}`)

test('a training run can be stopped or killed, each with its effect', () => {
  expect(described({})).toEqual(['Stop after this epoch: epoch 5 is kept and evaluated', 'Kill now: loses epoch 5; keeps 4 epochs'])
  expect(described({ epoch: 0 })).toEqual([
    'Stop after this epoch: epoch 1 is kept and evaluated',
    'Kill now: loses epoch 1; no epoch is complete yet',
  ])
})

test('a stopping run can be killed', () => {
  expect(described({ status: 'stopping', stop: 'finish' })).toEqual(['Kill now: loses unsaved work; keeps 4 epochs'])
})

test('a kill during the final evaluation loses the test score', () => {
  expect(described({ epoch: 15 })).toEqual(['Kill now: loses final.keras and the test score; keeps 15 epochs'])
})

test('a run that is prepared again stops with the epochs it has', () => {
  expect(described({ status: 'preparing' })[0]).toBe('Stop after this epoch: epoch 4 is kept and evaluated')
})

test('a queued run can be removed from the queue', () => {
  expect(described({ status: 'queued', epoch: 0 })).toEqual(['Remove from queue: no epoch is complete yet'])
})

test('an ended run can be resumed unless it would end at once', () => {
  expect(runActions(run({ status: 'stopped', ended_by: 'kill' }))[0]?.disabled).toBe(false)
  expect(described({ status: 'stopped', ended_by: 'kill' })).toEqual(['Resume: continues after epoch 4'])
  expect(described({ status: 'failed', epoch: 0, metrics: null })).toEqual(['Resume: starts from the beginning'])
  expect(described({ status: 'finished', ended_by: 'epochs', epoch: 15 })).toEqual(['Train longer: continues after epoch 15'])
  const continuesOnNan = { callbacks: { terminate_on_nan: false } } as Run['spec']
  expect(described({ status: 'stopped', metrics: { loss: null }, spec: continuesOnNan })).toEqual(['Resume: continues after epoch 4'])
})

test('a run that would end at once again shows why it is not resumed', () => {
  const stopped = runActions(run({ status: 'finished', ended_by: 'early_stopping', epoch: 12 }))
  expect(stopped).toEqual([
    {
      name: 'resume',
      title: 'Train longer',
      effect: 'early stopping ended it after epoch 12 and would end it there again; run it again with a greater patience instead',
      disabled: true,
    },
  ])
  const [diverged] = runActions(run({ status: 'failed', metrics: { loss: null } }))
  expect(diverged).toMatchObject({ title: 'Resume', disabled: true })
  expect(diverged?.effect).toBe('the loss was NaN after epoch 4 and would be NaN again; run it again with a smaller learning rate instead')
})

test('a finished run suggests one and a half times its epochs', () => {
  expect(suggestedEpochs(run({ status: 'finished', epochs: 15 }))).toBe(23)
  expect(suggestedEpochs(run({ status: 'finished', epochs: 1 }))).toBe(2)
  expect(suggestedEpochs(run({ status: 'stopped', epochs: 15 }))).toBe(15)
})
