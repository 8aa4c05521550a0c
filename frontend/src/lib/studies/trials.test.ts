import { expect, test } from 'vitest'
import { bestSoFar, differenceText, outcomeOf, ranked, secondsSaved, trialOf, valueText, type Trial } from './trials'
import { row } from './study-examples'

const OBJECTIVE = 'best.val_accuracy'
const trials = (values: (number | null)[]): Trial[] =>
  values.map((value, number) => trialOf(row({ trial: number, value }), OBJECTIVE))

test('a pruned run stays one, also when a person resumes it', () => {
  expect(outcomeOf({ status: 'stopped', pruned_epoch: 3 })).toBe('pruned')
  expect(outcomeOf({ status: 'finished', pruned_epoch: 3 })).toBe('pruned')
  expect(outcomeOf({ status: 'stopped', pruned_epoch: null })).toBe('stopped')
  expect(outcomeOf({ status: 'preparing', pruned_epoch: null })).toBe('training')
  expect(outcomeOf({ status: 'queued', pruned_epoch: null })).toBe('waiting')
})

test('a run whose objective was never a number has failed', () => {
  expect(trialOf(row({ trial: 0, value: null }), OBJECTIVE)).toMatchObject({ outcome: 'failed', isNan: true, value: null })
})

test('the objective is a metric at the best epoch, or at the latest one', () => {
  const trained = row({ trial: 3, value: 0.9 })
  expect(trialOf(trained, OBJECTIVE)).toMatchObject({ number: 3, value: 0.9, valueEpoch: 4 })
  expect(trialOf({ ...trained, metrics: { val_loss: 0.4 } as never }, 'last.val_loss')).toMatchObject({ value: 0.4, valueEpoch: 5 })
})

test('the best one comes first, a NaN and a pruned run are not ranked', () => {
  const pruned = trialOf(row({ trial: 4, value: 0.99, pruned_epoch: 2 }), OBJECTIVE)
  expect(ranked([...trials([0.8, null, 0.9, 0.9]), pruned], OBJECTIVE).map((trial) => trial.number)).toEqual([2, 3, 0])
})

test('the best so far only rises, or falls for a loss', () => {
  expect(bestSoFar(trials([0.8, 0.7, null, 0.9]), OBJECTIVE)).toEqual([{ number: 0, value: 0.8 }, { number: 3, value: 0.9 }])
  const losses = trials([0.8, 0.7, null, 0.9])
  expect(bestSoFar(losses, 'best.val_loss').map((step) => step.value)).toEqual([0.8, 0.7])
})

test('pruning saves the epochs that were not trained', () => {
  const pruned = trialOf(row({ trial: 0, value: 0.5, pruned_epoch: 2, epoch: 2, epochs: 10, seconds: 20 }), OBJECTIVE)
  expect(secondsSaved([pruned, ...trials([0.9])])).toBe(16)
})

test('accuracies are percentages, losses are numbers', () => {
  expect([valueText(OBJECTIVE, 0.9231), valueText('best.val_loss', 0.25)]).toEqual(['92.31%', '0.2500'])
  expect([differenceText(OBJECTIVE, 0.0186), differenceText('best.val_loss', -0.25)]).toEqual(['+1.86 pt', '−0.2500'])
})
