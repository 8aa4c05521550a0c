import { expect, test } from 'vitest'
import { changedQuery, classHref, datasetHref, imageHref, pageOf, runHref } from './router'

test('each path is a page', () => {
  expect(pageOf('/')).toEqual({ name: 'runs' })
  expect(pageOf('/runs')).toEqual({ name: 'runs' })
  expect(pageOf('/new')).toEqual({ name: 'new' })
  expect(pageOf('/new-dataset')).toEqual({ name: 'new-dataset' })
  expect(pageOf('/new-dataset/camera')).toEqual({ name: 'camera' })
  expect(pageOf('/runs/0192-ab')).toEqual({ name: 'run', id: '0192-ab' })
  expect(pageOf('/datasets/')).toEqual({ name: 'datasets' })
  expect(pageOf('/datasets/my%20leaves')).toEqual({ name: 'dataset', dataset: 'my leaves' })
  expect(pageOf('/studies')).toEqual({ name: 'studies' })
  expect(pageOf('/studies/0192-ab')).toEqual({ name: 'study', id: '0192-ab' })
  expect(pageOf('/workers')).toEqual({ name: 'workers' })
})

test('what is not an address of ours is missing', () => {
  for (const path of ['/nowhere', '/runs/a/b', '/runs/a/toString', '/runs/a/classes', '/runs/a/classes/x', '/runs/a/classes/1/2', '/runs/a/images/train/1', '/runs/a/images/test', '/runs/a/images/test/x', '/runs/a/images/test/1/2', '/runs/a/trust/x', '/studies/a/classes/1', '/workers/x', '/datasets/%E0%A4%A']) {
    expect(pageOf(path)).toEqual({ name: 'missing' })
  }
})

test('an address leads back to its page', () => {
  expect(pageOf(runHref('a/b'))).toEqual({ name: 'run', id: 'a/b' })
  expect(pageOf(classHref('a/b', 12))).toEqual({ name: 'class', run: 'a/b', position: 12 })
  expect(pageOf('/runs/a%2Fb/trust')).toEqual({ name: 'trust', run: 'a/b' })
  expect(pageOf('/runs/a/map')).toEqual({ name: 'map', run: 'a' })
  expect(pageOf(imageHref('a/b', 'test', 12))).toEqual({ name: 'image', run: 'a/b', split: 'test', index: 12 })
  expect(pageOf(datasetHref('은행나무'))).toEqual({ name: 'dataset', dataset: '은행나무' })
})

test('a query changes by name', () => {
  expect(changedQuery('?epoch=3&true=Shirt', { epoch: null, predicted: 'Coat' })).toBe('?true=Shirt&predicted=Coat')
  expect(changedQuery('?epoch=3', { epoch: '' })).toBe('')
})
