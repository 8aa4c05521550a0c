import { expect, test } from 'vitest'
import { withFiles } from './files'
import type { Artifact } from '../../api/types'

const file = (name: string, epoch = 1): Artifact => ({ name, epoch, bytes: 10 * epoch, sha256: `${name} ${epoch}` })
const names = (files: Artifact[]): string[] => files.map(({ name }) => name)

test('files of an epoch take their place in the list', () => {
  const before = [file('best.keras'), file('epoch-2.keras', 2), file('model.onnx'), file('history.csv', 9), file('train.py')]
  const after = withFiles(before, [file('best.keras', 10), file('epoch-10.keras', 10), file('history.csv', 10)])
  expect(names(after)).toEqual(['best.keras', 'epoch-2.keras', 'epoch-10.keras', 'model.onnx', 'history.csv', 'train.py'])
  expect(after[0]).toEqual(file('best.keras', 10))
  expect(after[4]).toEqual(file('history.csv', 10))
})

test('a list without files begins with those of the first epoch', () => {
  expect(names(withFiles([file('train.py')], [file('history.csv'), file('best.keras')]))).toEqual(['best.keras', 'history.csv', 'train.py'])
})
