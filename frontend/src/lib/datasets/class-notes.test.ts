import { expect, test } from 'vitest'
import { classNotes } from './class-notes'
import type { Dataset } from '../api/types'

const dataset = (counts: Record<string, number[]>, classes = ['alder', 'maple']): Dataset => ({ classes, counts }) as unknown as Dataset

test('classes of about as many images need no word', () => {
  expect(classNotes(dataset({ train: [700, 737], test: [180, 180] }))).toEqual([])
})

test('unequal classes have their baseline', () => {
  expect(classNotes(dataset({ train: [50, 150], test: [20, 30] }))).toEqual([
    { head: 'alder has 50 training images, maple 150.', text: expect.stringContaining('Baseline (always maple): 75.0%.') },
  ])
})

test('a rare class is named with what its figures can mean', () => {
  expect(classNotes(dataset({ train: [1, 1], test: [1, 200] }))).toEqual([
    { head: 'alder has 1 test image.', text: expect.stringContaining('With 1 image, even a recall of 100% may be one of 21% (95%).') },
  ])
  expect(classNotes(dataset({ train: [1, 1], test: [100, 200], validation: [5, 4] }))[0]!.head).toBe('alder and maple have fewer than 10 validation images.')
})

test('a class that is absent from a split is named', () => {
  const notes = classNotes(dataset({ train: [0, 20, 30], test: [20, 0, 30] }, ['alder', 'maple', 'oak']))
  expect(notes.map(({ head }) => head)).toEqual(['alder has no training images.', 'maple has no test images.'])
})
