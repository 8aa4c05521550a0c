import { expect, test, vi } from 'vitest'
import { classNameError, missingText, suggestedDataset } from './names'
import { picturesZip } from './pictures-zip'
import { readZip } from '../predictions/zip'

vi.stubGlobal('addEventListener', vi.fn())
vi.stubGlobal('removeEventListener', vi.fn())
const { Captured } = await import('./captured.svelte')

const JPEG = new Blob([new Uint8Array(64)], { type: 'image/jpeg' })

/** Two classes of some pictures each, taken in one hold. */
function captured(count: number) {
  const pictures = new Captured()
  pictures.classes[0]!.name = 'Mug'
  pictures.classes[1]!.name = '병'
  for (const to of pictures.classes) for (let number = 0; number < count; number += 1) pictures.add(to, to.id, JPEG)
  return pictures
}

test('the zip has the last fifth of each class in test', async () => {
  const names = (await readZip(await picturesZip('mug', captured(5).classes))).map(({ name }) => name)

  expect(names).toHaveLength(10)
  expect(names.filter((name) => name.startsWith('test/'))).toEqual(['test/Mug/00005.jpg', 'test/병/00005.jpg'])
})

test('5,000 pictures are counted, split and packed', async () => {
  const pictures = captured(2500)

  expect([pictures.total, pictures.classes[0]!.testing]).toEqual([5000, 500])
  expect(await readZip(await picturesZip('many', pictures.classes))).toHaveLength(5000)
})

test('deleted pictures and removed classes come back in their order', () => {
  const pictures = captured(3)
  const [mug] = pictures.classes
  const ids = mug!.pictures.map(({ id }) => id)

  pictures.delete(mug!, ({ id }) => id === ids[1])
  expect([mug!.pictures.length, pictures.undo!.text]).toEqual([2, 'A picture of Mug deleted'])
  pictures.restore()
  expect(mug!.pictures.map(({ id }) => id)).toEqual(ids)

  pictures.removeClass(mug!)
  expect(missingText(pictures.classes)).toBe('A model needs at least two classes.')
  pictures.restore()
  expect(pictures.classes.map(({ name }) => name)).toEqual(['Mug', '병'])
})

test('a class without pictures is named', () => {
  const pictures = captured(2)
  pictures.addClass()

  expect(missingText(pictures.classes)).toBe('Each class needs at least two pictures; Class 3 has fewer.')
})

test.each([
  [' ', 'Enter a name'],
  ['a/b', 'A name has no slash, and begins with no dot'],
  ['.hidden', 'A name has no slash, and begins with no dot'],
  ['mug ', 'Another class has this name'],
  ['Bottle', ''],
])('the class name %j: %j', (name, error) => {
  expect(classNameError(name, ['Mug'])).toBe(error)
})

test('a dataset is named after its classes, and by a number where that is taken', () => {
  expect(suggestedDataset(['Mug', 'Bottle'], [])).toBe('mug-bottle')
  expect(suggestedDataset(['Mug', 'Bottle'], ['mug-bottle'])).toBe('mug-bottle-2')
  expect(suggestedDataset(['a', 'b', 'c', 'd'], [])).toBe('camera')
})
