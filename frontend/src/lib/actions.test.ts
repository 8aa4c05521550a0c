import { expect, test } from 'vitest'
import { actions, epochsToAsk } from './actions'
import type { Run } from './types'

const run = (changes: Partial<Run>): Run =>
  ({ status: 'running', stop: null, ended_by: null, epoch: 4, epochs: 15, metrics: { loss: 0.5 }, spec: { callbacks: { terminate_on_nan: true } }, ...changes }) as Run

const said = (changes: Partial<Run>): string[] => actions(run(changes)).map(({ title, means }) => `${title}: ${means}`)

test('a run that trains can be stopped in two ways, and each says what it keeps', () => {
  expect(said({})).toEqual(['Stop after this epoch: epoch 5 is kept and evaluated', 'Kill now: loses epoch 5; keeps 4 epochs'])
  expect(said({ epoch: 0 })).toEqual([
    'Stop after this epoch: epoch 1 is kept and evaluated',
    'Kill now: loses epoch 1; nothing is trained yet',
  ])
})

test('one that was asked to finish can still be killed', () => {
  expect(said({ status: 'stopping', stop: 'finish' })).toEqual(['Kill now: loses what is not saved yet; keeps 4 epochs'])
})

test('one that has all its epochs is being scored, which a kill loses', () => {
  expect(said({ epoch: 15 })).toEqual(['Kill now: loses final.keras and the test score; keeps 15 epochs'])
})

test('one that is prepared again ends with the epochs that it has', () => {
  expect(said({ status: 'preparing' })[0]).toBe('Stop after this epoch: epoch 4 is kept and evaluated')
})

test('one that waits is taken off the queue', () => {
  expect(said({ status: 'queued', epoch: 0 })).toEqual(['Take off the queue: nothing is trained yet'])
})

test('an ended run goes on where more epochs would change something', () => {
  expect(said({ status: 'stopped', ended_by: 'kill' })).toEqual(['Resume: goes on after epoch 4'])
  expect(said({ status: 'failed', epoch: 0, metrics: null })).toEqual(['Resume: begins anew'])
  expect(said({ status: 'finished', ended_by: 'epochs', epoch: 15 })).toEqual(['Train longer: goes on after epoch 15'])
  expect(said({ status: 'finished', ended_by: 'early_stopping' })).toEqual([])
  expect(said({ status: 'failed', metrics: { loss: null } })).toEqual([])
  const unminded = { callbacks: { terminate_on_nan: false } } as Run['spec']
  expect(said({ status: 'stopped', metrics: { loss: null }, spec: unminded })).toEqual(['Resume: goes on after epoch 4'])
})

test('a run that had all its epochs is asked for half as many again', () => {
  expect(epochsToAsk(run({ status: 'finished', epochs: 15 }))).toBe(23)
  expect(epochsToAsk(run({ status: 'finished', epochs: 1 }))).toBe(2)
  expect(epochsToAsk(run({ status: 'stopped', epochs: 15 }))).toBe(15)
})
