import { expect, test } from 'vitest'
import { pluralName } from './plural-name'

test('class names get their English plural', () => {
  const names = ['Shirt', 'Dress', 'T-shirt/top', 'Ankle boot', 'bus', 'deer', 'butterfly', 'wolf', '8']

  expect(names.map(pluralName)).toEqual(['Shirts', 'Dresses', 'T-shirt/tops', 'Ankle boots', 'bus', 'deer', 'butterflies', 'wolves', '8s'])
})

test('names that have a plural already, or are not English, stay as they are', () => {
  const names = ['hills', 'CAT', 'class_12', '고양이', 'кот']

  expect(names.map(pluralName)).toEqual(names)
})
