import { expect, test } from 'vitest'
import { answerOf } from './answer'

test('a few classes keep their order, and the likeliest is named', () => {
  const answer = answerOf(['cat', 'dog', 'owl'], [0.004, 0.9, 0.096], null)

  expect([answer.headline, answer.detail, answer.isSure]).toEqual(['dog', '90%', true])
  expect(answer.rows.map(({ name, isFirst }) => [name, isFirst])).toEqual([['cat', false], ['dog', true], ['owl', false]])
})

test('of many classes the five likeliest are shown', () => {
  const classes = Array.from({ length: 20 }, (_, index) => `class ${index}`)

  const { rows } = answerOf(classes, classes.map((_, index) => index / 190), null)

  expect(rows.map(({ name }) => name)).toEqual(['class 19', 'class 18', 'class 17', 'class 16', 'class 15'])
})

test('below the threshold the model is not sure', () => {
  const { headline, detail } = answerOf(['cat', 'dog'], [0.6, 0.4], 0.8)

  expect([headline, detail]).toEqual(['Not sure', 'cat is likeliest with 60%; an answer needs 80%.'])
})
