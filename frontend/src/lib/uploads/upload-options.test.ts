import { expect, test } from 'vitest'
import { addQuery, answerOf, lookQuery, nameError, sizeError, suggestedName, suggestedSize, withAnswer, withOption, withPartRole, withRole } from './upload-options'

const address = new URLSearchParams('upload=7f&file=My+leaves.zip&name=leaves&image_size=96&fit=pad&folder=valid:test&folder=extra:left_out&keep_original=false')

test('a name is suggested from the file name', () => {
  expect(suggestedName('My leaves (2).zip')).toBe('my-leaves-2')
  expect(suggestedName('은행나무.ZIP')).toBe('은행나무')
  expect(suggestedName('_old.zip')).toBe('old')
})

test('a size is suggested that enlarges no picture', () => {
  expect(suggestedSize([[640, 480], [4032, 3024]])).toBe('96')
  expect(suggestedSize([[70, 70], [90, 80]])).toBe('64')
  expect(suggestedSize([[12, 10], [12, 10]])).toBe('32')
  expect(suggestedSize(null)).toBe('96')
})

test('errors are found before anything is sent', () => {
  expect([nameError('leaves', []), nameError('', []), nameError('leaves', ['leaves'])]).toEqual(['', 'Enter a name', 'A dataset with this name exists. Choose another name'])
  expect(['8', '512', '7', '513', '9.5', 'x'].map((size) => sizeError(size) === '')).toEqual([true, true, false, false, false, false])
})

test('a look is requested with the options that it depends on', () => {
  expect(lookQuery(address)).toBe('fit=pad&folder=valid%3Atest&folder=extra%3Aleft_out')
})

test('a dataset is made of an upload, or by one request that sends the zip', () => {
  expect(addQuery(address, '7f', 'leaves', '64')).toBe('upload=7f&name=leaves&image_size=64&fit=pad&folder=valid%3Atest&folder=extra%3Aleft_out&keep_original=false')
  expect(addQuery(new URLSearchParams('file=a.zip'), null, 'a', '32')).toBe('name=a&image_size=32')
})

test('a changed option replaces its value, a changed role that of the same folder', () => {
  expect(new URLSearchParams(withOption(address, 'fit', 'crop')).get('fit')).toBe('crop')
  expect(new URLSearchParams(withRole(address, 'folder', 'valid', 'validation')).getAll('folder')).toEqual(['extra:left_out', 'valid:validation'])
})

test('one column is the class: it is taken from another that was given it', () => {
  const table = new URLSearchParams('column=a:b:class&column=nr:slices')
  expect(new URLSearchParams(withRole(table, 'column', 'species', 'class')).getAll('column')).toEqual(['nr:slices', 'species:class'])
  expect(new URLSearchParams(withAnswer(table, 'column', 'species:class')).getAll('column')).toEqual(['nr:slices', 'species:class'])
  expect(new URLSearchParams(withRole(table, 'column', 'site', 'slices')).getAll('column')).toEqual(['a:b:class', 'nr:slices', 'site:slices'])
  expect([answerOf(table, 'column'), answerOf(address, 'fit')]).toEqual([null, 'pad'])
})

test('the role of a part is that of its folder, or whether a table is read', () => {
  const part = (path: string, roles: string[]) => ({ path, text: '', role: roles[0], roles }) as never
  expect(new URLSearchParams(withPartRole(address, part('a:b/', ['train', 'test']), 'test')).getAll('folder').at(-1)).toBe('a:b:test')
  expect(withPartRole(new URLSearchParams(), part('labels.csv', ['labels', 'left_out']), 'left_out')).toBe('labels_from=folders')
  expect(withPartRole(new URLSearchParams('labels_from=folders'), part('b.csv', ['left_out', 'labels']), 'labels')).toBe('table=b.csv')
})
