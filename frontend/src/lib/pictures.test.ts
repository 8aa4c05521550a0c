import { strToU8, zipSync } from 'fflate'
import { expect, test } from 'vitest'
import { gathered, isJunk, leftWords, mayBeImage, tooLarge } from './pictures'

const named = (name: string, content: BlobPart = 'x', type = ''): { name: string; file: File } => ({ name, file: new File([content], name.split('/').at(-1)!, { type }) })

test('images are told by their endings, in whatever case', () => {
  expect(['a.JPG', 'b/c.webp', 'without'].every(mayBeImage)).toBe(true)
  expect(['notes.txt', 'v1.2/labels.csv'].some(mayBeImage)).toBe(false)
})

test('what systems leave behind is passed over', () => {
  expect(['__MACOSX/a/._b.png', 'a/.DS_Store', '.hidden/x.png', 'Thumbs.db'].every(isJunk)).toBe(true)
  expect(['a/b.png', 'cats.db/x.png'].some(isJunk)).toBe(false)
})

test('a folder gives its images, and names the rest', async () => {
  const all = await gathered([named('pets/cats/1.jpg'), named('pets/notes.txt'), named('pets/.DS_Store')])

  expect(all.pictures.map(({ name }) => name)).toEqual(['pets/cats/1.jpg'])
  expect(all.left).toEqual(['pets/notes.txt'])
})

test('a single file is asked about, whatever its name', async () => {
  expect((await gathered([named('notes.txt')])).pictures).toHaveLength(1)
})

test('a zip beside other files gives what is in it', async () => {
  const zip = zipSync({ 'cats/1.png': strToU8('one'), 'labels.csv': strToU8('no'), '__MACOSX/cats/._1.png': strToU8('') }) as Uint8Array<ArrayBuffer>
  const all = await gathered([named('pets.zip', zip), named('2.png')])

  expect(all.pictures.map(({ name }) => name)).toEqual(['cats/1.png', '2.png'])
  expect(await (await all.pictures[0]!.open()).text()).toBe('one')
  expect(all.left).toEqual(['labels.csv'])
})

test('what is too large in a zip is known before it is unpacked', async () => {
  const zip = zipSync({ '1.png': new Uint8Array(20_000_001) }) as Uint8Array<ArrayBuffer>
  const [picture] = (await gathered([named('huge.zip', zip)])).pictures

  expect(tooLarge(picture!.size)).toBe('it has 20.0 MB, and 20.0 MB are allowed for one picture')
})

test('equal names are told apart', async () => {
  expect((await gathered([named('1.png'), named('1.png')])).pictures.map(({ name }) => name)).toEqual(['1.png', '1.png (2)'])
})

test('a zip that can not be read is named with the reason', async () => {
  expect((await gathered([named('pets.zip', 'words')])).left).toEqual(['pets.zip (it is no zip, or it is cut off)'])
})

test('what is left out, in a line', () => {
  expect(leftWords([])).toBe('')
  expect(leftWords(['notes.txt'])).toBe('Left out, no image: notes.txt')
  expect(leftWords(['a', 'b', 'c'], 2)).toBe('3 left out, no images: a, b, …')
})

test('a picture that the board would refuse is not sent', () => {
  expect(tooLarge(20_000_000)).toBe('')
  expect(tooLarge(34_500_000)).toBe('it has 34.5 MB, and 20.0 MB are allowed for one picture')
})
