import { strToU8, zipSync } from 'fflate'
import { expect, test } from 'vitest'
import { collectPictures, isSystemFile, skippedText, mayBeImage, sizeError } from './picture-files'

const named = (name: string, content: BlobPart = 'x', type = ''): { name: string; file: File } => ({ name, file: new File([content], name.split('/').at(-1)!, { type }) })

test('images are recognized by their extension, in any case', () => {
  expect(['a.JPG', 'b/c.webp', 'without'].every(mayBeImage)).toBe(true)
  expect(['notes.txt', 'v1.2/labels.csv'].some(mayBeImage)).toBe(false)
})

test('system files are ignored', () => {
  expect(['__MACOSX/a/._b.png', 'a/.DS_Store', '.hidden/x.png', 'Thumbs.db'].every(isSystemFile)).toBe(true)
  expect(['a/b.png', 'cats.db/x.png'].some(isSystemFile)).toBe(false)
})

test('a folder yields its images and the names of other files', async () => {
  const all = await collectPictures([named('pets/cats/1.jpg'), named('pets/notes.txt'), named('pets/.DS_Store')])

  expect(all.pictures.map(({ name }) => name)).toEqual(['pets/cats/1.jpg'])
  expect(all.skipped).toEqual(['pets/notes.txt'])
})

test('a single file is taken whatever its name is', async () => {
  expect((await collectPictures([named('notes.txt')])).pictures).toHaveLength(1)
})

test('a zip beside other files yields its images', async () => {
  const zip = zipSync({ 'cats/1.png': strToU8('one'), 'labels.csv': strToU8('no'), '__MACOSX/cats/._1.png': strToU8('') }) as Uint8Array<ArrayBuffer>
  const all = await collectPictures([named('pets.zip', zip), named('2.png')])

  expect(all.pictures.map(({ name }) => name)).toEqual(['cats/1.png', '2.png'])
  expect(await (await all.pictures[0]!.open()).text()).toBe('one')
  expect(all.skipped).toEqual(['labels.csv'])
})

test('an entry that is too large is known before it is unpacked', async () => {
  const zip = zipSync({ '1.png': new Uint8Array(20_000_001) }) as Uint8Array<ArrayBuffer>
  const [picture] = (await collectPictures([named('huge.zip', zip)])).pictures

  expect(sizeError(picture!.size)).toBe('The image has 20.0 MB; the limit is 20.0 MB.')
})

test('equal names become unique', async () => {
  expect((await collectPictures([named('1.png'), named('1.png')])).pictures.map(({ name }) => name)).toEqual(['1.png', '1.png (2)'])
})

test('an unreadable zip is skipped with the reason', async () => {
  expect((await collectPictures([named('pets.zip', 'words')])).skipped).toEqual(['pets.zip (not a zip file, or incomplete)'])
})

test('skipped files in one line', () => {
  expect(skippedText([])).toBe('')
  expect(skippedText(['notes.txt'])).toBe('Skipped, not an image: notes.txt')
  expect(skippedText(['a', 'b', 'c'], 2)).toBe('3 files skipped, not images: a, b, …')
})

test('a picture above the limit has an error', () => {
  expect(sizeError(20_000_000)).toBe('')
  expect(sizeError(34_500_000)).toBe('The image has 34.5 MB; the limit is 20.0 MB.')
})
