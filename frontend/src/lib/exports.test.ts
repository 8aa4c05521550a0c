import { expect, test } from 'vitest'
import { asking, isAtWork, standing } from './exports'
import type { Export } from './types'

const one = (changes: Partial<Export>): Export =>
  ({ kind: 'onnx', name: 'model.onnx', status: 'none', reason: null, is_current: false, ...changes }) as Export

test('what nobody has asked for says what it is, and can be asked for', () => {
  expect([standing(one({})), asking(one({}))]).toEqual(['ONNX, for other runtimes', 'Make it'])
})

test('what is being made is waited for', () => {
  for (const status of ['wanted', 'making'] as const) {
    expect([standing(one({ status })), asking(one({ status })), isAtWork(one({ status }))]).toEqual(['being made and proved', null, true])
  }
})

test('what is ready was proved, and is made anew once there is a better model', () => {
  expect(standing(one({ status: 'ready', is_current: true }))).toContain('proved')
  expect(asking(one({ status: 'ready', is_current: true }))).toBeNull()
  expect([standing(one({ status: 'ready' })), asking(one({ status: 'ready' }))]).toEqual(['of an earlier best model', 'Make it anew'])
})

test('what could not be made says why', () => {
  const failed = one({ status: 'failed', reason: 'Keras could not make it of this model.' })
  expect([standing(failed), asking(failed)]).toEqual(['Keras could not make it of this model.', 'Try again'])
})
