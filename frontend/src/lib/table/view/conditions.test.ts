import { expect, test } from 'vitest'
import type { RunField } from '../../api/types'
import { chipsOf, conditionText, conditionValue, editedConditions, filterDraft, parseCondition, type Condition } from './conditions'

const field = (path: string, kind: RunField['kind']): RunField => ({ path, title: 'Learning rate', kind, group: 'spec', values: null, min: null, max: null, differs: true })
const condition = (text: string): Condition => parseCondition(text)!

test.each(['seed=0', 'optimizer.learning_rate>=0.001', 'name~a = b', 'init!=null', 'model.options.filters=[32, 64]'])('%s is a condition', (text) => {
  expect(conditionText(condition(text))).toBe(text)
})

test('what has no operator or no path is none', () => {
  expect([parseCondition('seed'), parseCondition('=3'), parseCondition('')]).toEqual([null, null, null])
})

test('a text that looks like something else is quoted', () => {
  expect([null, true, 0.1, 'adam', 'null', '"a"', [32, 64]].map(conditionValue)).toEqual(['null', 'true', '0.1', 'adam', '"null"', '"\\"a\\""', '[32,64]'])
})

test('a chip says its field, comparison and value', () => {
  const rate = field('optimizer.learning_rate', 'number')
  const words = (text: string, ...fields: RunField[]) => chipsOf([condition(text)], fields).map(({ title, words, value }) => `${title} ${words} ${value}`)[0]

  expect(words('optimizer.learning_rate>=0.001', rate)).toBe('Learning rate at least 0.001')
  expect(words('dataset!=fashion_mnist')).toBe('Dataset is not Fashion-MNIST')
  expect(words('init=null')).toBe('Initial weights is not set')
  expect(words('name="null"')).toBe('Name is null')
})

test('a time may be so long before now', () => {
  const created = field('created_at', 'time')
  const chip = (text: string) => chipsOf([condition(text)], [created]).map(({ title, words, value }) => `${title} ${words} ${value}`)[0]

  expect(chip('created_at>=-24h')).toBe('Launched in the last 24 hours')
  expect(chip('created_at<=-1d')).toBe('Launched until 1 day ago')
  expect(filterDraft(created, [condition('created_at>=-7d')]).from).toBe('')
})

test('several statuses are one chip', () => {
  const chips = chipsOf([condition('status=failed'), condition('seed=1'), condition('status=stopped')], [])
  expect(chips.map(({ title, value }) => `${title}: ${value}`)).toEqual(['Status: Failed or Stopped', 'Seed: 1'])
})

test('a number is filtered by a range, of which an end may be open', () => {
  const rate = field('optimizer.learning_rate', 'number')
  const draft = filterDraft(rate, [condition('optimizer.learning_rate>=0.001')])

  expect(editedConditions(rate, draft).map(conditionText)).toEqual(['optimizer.learning_rate>=0.001'])
  expect(editedConditions(rate, { ...draft, from: '', to: 0.1 }).map(conditionText)).toEqual(['optimizer.learning_rate<=0.1'])
})

test('a text is filtered by a part of it; an empty one by nothing', () => {
  const name = field('name', 'text')
  const draft = filterDraft(name, [condition('name~wide')])

  expect(editedConditions(name, draft).map(conditionText)).toEqual(['name~wide'])
  expect(editedConditions(name, { ...draft, text: ' ' })).toEqual([])
})
