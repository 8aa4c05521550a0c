import { beforeEach, expect, test, vi } from 'vitest'
import { forgetAnswers, loadAnswers, saveAnswers } from './stored-answers'

beforeEach(() => {
  const items = new Map<string, string>()
  vi.stubGlobal('sessionStorage', {
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, value: string) => items.set(key, value),
    removeItem: (key: string) => items.delete(key),
  })
})

test('answers of a quiz come back, open ones as open, until they are forgotten', () => {
  saveAnswers('q1', ['cat', undefined, null])
  expect(loadAnswers('q1', 3)).toEqual(['cat', undefined, null])
  expect(loadAnswers('q2', 2)).toEqual([undefined, undefined])
  forgetAnswers('q1')
  expect(loadAnswers('q1', 3)).toEqual([undefined, undefined, undefined])
})

test('a browser that keeps nothing begins anew', () => {
  const refuse = (): never => {
    throw new Error('forbidden')
  }
  vi.stubGlobal('sessionStorage', { getItem: refuse, setItem: refuse, removeItem: refuse })
  saveAnswers('q1', ['cat'])
  forgetAnswers('q1')
  expect(loadAnswers('q1', 1)).toEqual([undefined])
})
