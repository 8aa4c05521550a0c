import { expect, test } from 'vitest'
import { progressShare, progressWords } from './progress'
import { nameOf, uploadPath, wrongIn, type Order } from './upload'

const order: Order = { name: 'leaves', image_size: '64', fit: 'crop', color: 'rgb', test_fraction: '0.2' }
const zip = new File(['zip'], 'My leaves (2).zip')

test('a name is offered from the file', () => {
  expect(nameOf('My leaves (2).zip')).toBe('my-leaves-2')
  expect(nameOf('은행나무.ZIP')).toBe('은행나무')
})

test('what is wrong is known before anything is sent', () => {
  expect(wrongIn(order, zip, [])).toEqual({})
  expect(wrongIn({ ...order, image_size: '7', test_fraction: 'x' }, null, ['leaves'])).toEqual({
    file: 'a zip is needed',
    name: 'there is a dataset of this name already: choose another one',
    image_size: '8 to 512: you gave 7',
    test_fraction: '0.01 to 0.9: you gave x',
  })
})

test('an upload has its choices in its address', () => {
  expect(uploadPath({ ...order, name: ' a b ' })).toBe(
    '/api/datasets?name=a+b&image_size=64&fit=crop&color=rgb&test_fraction=0.2',
  )
})

test('progress in words and as a share', () => {
  const fetching = { done: 34_100_000, total: 170_000_000, unit: 'bytes', text: 'Fetching CIFAR-10' } as const
  expect(progressWords(fetching)).toBe('Fetching CIFAR-10: 34.1 MB of 170 MB')
  expect(progressWords({ done: 1200, total: null, unit: 'images', text: 'Reading' })).toBe('Reading: 1,200')
  expect(progressWords(null)).toBe('Waits for a worker to begin')
  expect([progressShare(fetching), progressShare({ ...fetching, total: null })]).toEqual([34.1 / 170, null])
})
