import { expect, test } from 'vitest'
import { liveGuesses, requestedClasses } from './live-classes'

const prediction = { epoch: 1, seen: null, top: [{ class: 'mug', probability: 0.9 }, { class: 'bottle', probability: 0.1 }] }

test('few classes keep their order', () => {
  expect(liveGuesses(prediction, ['bottle', 'mug', 'vase'])).toEqual([{ class: 'bottle', probability: 0.1 }, { class: 'mug', probability: 0.9 }, { class: 'vase', probability: 0 }])
  expect(liveGuesses(null, ['bottle', 'mug']).map(({ probability }) => probability)).toEqual([0, 0])
})

test('of many classes the likeliest are shown', () => {
  const many = Array.from({ length: 11 }, (_, index) => `class ${index}`)

  expect(liveGuesses(prediction, many)).toEqual(prediction.top)
  expect([requestedClasses(many), requestedClasses(['a', 'b', 'c'])]).toEqual([5, 3])
})
