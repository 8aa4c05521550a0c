import { expect, test } from 'vitest'
import { exportAction, exportStatusText, isBeingMade, isInProgress } from './exports'
import type { Export } from '../../api/types'

const exportItem = (changes: Partial<Export>): Export =>
  ({ kind: 'onnx', name: 'model.onnx', status: 'none', reason: null, is_current: false, ...changes }) as Export

test('an export that was not requested describes its format and can be created', () => {
  expect([exportStatusText(exportItem({})), exportAction(exportItem({}))]).toEqual(['ONNX, for other runtimes', 'Create'])
})

test('an export in progress has no action', () => {
  for (const status of ['wanted', 'making'] as const) {
    expect([exportStatusText(exportItem({ status })), exportAction(exportItem({ status })), isInProgress(exportItem({ status }))]).toEqual(['being created and verified', null, true])
  }
})

test('an export behind another one says what it waits for', () => {
  const waiting = exportItem({ status: 'wanted', waits_for: 'model.tflite' })
  expect([exportStatusText(waiting), isBeingMade(waiting), isInProgress(waiting)]).toEqual(['waiting for model.tflite', false, true])
  expect(isBeingMade(exportItem({ status: 'making' }))).toBe(true)
})

test('a ready export is verified, and can be created again for a newer best model', () => {
  expect(exportStatusText(exportItem({ status: 'ready', is_current: true }))).toContain('verified')
  expect(exportAction(exportItem({ status: 'ready', is_current: true }))).toBeNull()
  expect([exportStatusText(exportItem({ status: 'ready' })), exportAction(exportItem({ status: 'ready' }))]).toEqual(['made from an earlier best model', 'Create again'])
})

test('a failed export shows its reason', () => {
  const failed = exportItem({ status: 'failed', reason: 'Keras could not make it of this model.' })
  expect([exportStatusText(failed), exportAction(failed)]).toEqual(['Keras could not make it of this model.', 'Try again'])
})
