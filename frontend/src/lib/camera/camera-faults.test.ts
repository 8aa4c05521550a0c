import { expect, test } from 'vitest'
import { faultOf, obstacle } from './camera-faults'

const page = (address: string, isSecureContext: boolean, hasCameras = true) => obstacle({ isSecureContext, hasCameras, address: new URL(address) })

test('a page of plain HTTP says why it has no camera, and how it gets one', () => {
  const fault = page('http://gpu-box:8000/new-dataset/camera', false, false)!

  expect(fault.title).toBe('No camera over plain HTTP')
  expect(fault.text).toContain('this one is from http://gpu-box:8000')
  expect(fault.text).toContain('ssh -L 8000:localhost:8000 gpu-box')
})

test('localhost and HTTPS have cameras, if the browser has', () => {
  expect(page('http://127.0.0.1:8000', true)).toBeNull()
  expect(page('https://board.example', true, false)?.title).toBe('This browser offers no camera')
})

test.each([
  ['NotAllowedError', 'not allowed'],
  ['NotFoundError', 'No camera was found'],
  ['NotReadableError', 'can’t be started'],
  ['OverconstrainedError', 'not there any more'],
])('%s is explained in a sentence', (name, words) => {
  expect(faultOf(new DOMException('', name)).title).toContain(words)
})

test('an error of an unknown name keeps its own message', () => {
  expect(faultOf(new TypeError('odd')).text).toContain('The browser says: odd.')
})
