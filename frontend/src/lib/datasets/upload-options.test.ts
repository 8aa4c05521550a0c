import { expect, test } from 'vitest'
import { progressShare, progressText } from './progress'
import { suggestedName, uploadPath, uploadErrors, type UploadOptions } from './upload-options'

const options: UploadOptions = { name: 'leaves', image_size: '64', fit: 'crop', color: 'rgb', test_fraction: '0.2' }
const zip = new File(['zip'], 'My leaves (2).zip')

test('a name is suggested from the file name', () => {
  expect(suggestedName('My leaves (2).zip')).toBe('my-leaves-2')
  expect(suggestedName('은행나무.ZIP')).toBe('은행나무')
})

test('errors are found before anything is sent', () => {
  expect(uploadErrors(options, zip, [])).toEqual({})
  expect(uploadErrors({ ...options, image_size: '7', test_fraction: 'x' }, null, ['leaves'])).toEqual({
    file: 'Choose a zip file',
    name: 'A dataset with this name exists. Choose another name',
    image_size: 'Enter a whole number from 8 to 512',
    test_fraction: 'Enter a number from 0.01 to 0.9',
  })
})

test('the options are in the query', () => {
  expect(uploadPath({ ...options, name: ' a b ' })).toBe(
    '/api/datasets?name=a+b&image_size=64&fit=crop&color=rgb&test_fraction=0.2',
  )
})

test('progress as text and as a share', () => {
  const fetching = { done: 34_100_000, total: 170_000_000, unit: 'bytes', text: 'Downloading CIFAR-10' } as const
  expect(progressText(fetching)).toBe('Downloading CIFAR-10: 34.1 MB of 170 MB')
  expect(progressText({ done: 1200, total: null, unit: 'images', text: 'Reading' })).toBe('Reading: 1,200')
  expect(progressText(null)).toBe('Waiting for a worker')
  expect([progressShare(fetching), progressShare({ ...fetching, total: null })]).toEqual([34.1 / 170, null])
})
