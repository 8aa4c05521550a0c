import { expect, test } from 'vitest'
import type { LiveRun } from '../api/types'
import { QUESTIONS, withOtherSeeds, type QuestionContext } from './questions'

const run = { id: 'a/b', dataset: 'my leaves', epoch: 3, status: 'finished', study: null, best: { epoch: 2 } } as unknown as LiveRun
const context: QuestionContext = { run, home: '/runs/a%2Fb', mistake: '/runs/a%2Fb/images/validation/7', other: 'c', seeds: [] }
const all = QUESTIONS.flatMap((group) => group.questions)
const answerTo = (text: string, changes: Partial<QuestionContext> = {}) => all.find((question) => question.text === text)!.answer({ ...context, ...changes })

test('there are twenty questions, each with a place that answers it', () => {
  expect(new Set(all.map((question) => question.text)).size).toBe(20)
  for (const question of all) expect(question.answer(context)).toHaveProperty('href')
})

test('addresses are encoded', () => {
  expect(answerTo('Which labels are probably wrong?')).toMatchObject({ href: '/datasets/my%20leaves/labels?runs=a%2Fb' })
  expect(answerTo('How much does the seed matter?')).toMatchObject({ href: '/new?run=a%2Fb&study=repeat' })
  expect(answerTo('Is B really better than A?')).toMatchObject({ href: '/compare?runs=c,a%2Fb' })
})

test('what can not be answered says why', () => {
  const queued = { ...run, epoch: 0, status: 'queued', best: null } as LiveRun
  expect(answerTo('Is it overfitting, since when?', { run: queued })).toEqual({ why: 'No epoch has been trained yet.' })
  expect(answerTo('Which labels are probably wrong?', { run: queued })).toHaveProperty('why')
  expect(answerTo('Was this image ever right?', { mistake: null })).toHaveProperty('why')
  expect(answerTo('Is B really better than A?', { run: queued })).toEqual({ why: 'No epoch has been trained yet.' })
  expect(answerTo('What did B fix, and break?', { other: null })).toEqual({ why: 'There is no other run on my leaves with a trained epoch yet.' })
  expect(answerTo('Is it still training, and how long will it take?', { run: queued })).toHaveProperty('href')
})

test('runs with other seeds say how much the seed matters', () => {
  const seeded = (id: string, seed: number, epochs = 6) => ({ id, spec: { seed, epochs } }) as unknown as LiveRun
  const others = [seeded('b', 1), seeded('c', 0), seeded('d', 2, 9)]
  expect(withOtherSeeds(seeded('a', 0), others).map(({ id }) => id)).toEqual(['b'])
  expect(answerTo('How much does the seed matter?', { seeds: ['b'] })).toEqual({ href: '/compare?runs=a%2Fb,b', where: 'This run beside 1 run with the same settings and another seed' })
})
