import { expect, test } from 'vitest'
import { agreementWords, agrees, byConfidence, csv, epochWords, folderClass, foldersOf, isAnswered, summary, type Attempt } from './attempts'

const answered = (name: string, ...top: [string, number][]): Attempt => ({
  name,
  answer: { top: top.map(([label, probability]) => ({ class: label, probability })), epoch: 6, seen: '' },
  error: null,
})
const refused = (name: string, error = 'it is cut off'): Attempt => ({ name, answer: null, error })

const CLASSES = ['cat', 'dog']
const many = [answered('pets/cat/10.png', ['cat', 0.5], ['dog', 0.5]), answered('pets/cat/2.png', ['dog', 0.9], ['cat', 0.1]), refused('pets/dog/3.png'), answered('x.png', ['cat', 0.5], ['dog', 0.5])]

test('the most or the least confident first, equal ones by name as people count', () => {
  expect(byConfidence(many, 'most').map(({ name }) => name)).toEqual(['pets/cat/2.png', 'pets/cat/10.png', 'x.png'])
  expect(byConfidence(many, 'least').map(({ name }) => name)).toEqual(['pets/cat/10.png', 'x.png', 'pets/cat/2.png'])
})

test('the nearest folder that is named like a class', () => {
  expect(folderClass('cat/dog/1.png', CLASSES)).toBe('dog')
  expect(folderClass('Cat/new/1.png', CLASSES)).toBe('cat')
  expect(folderClass('cat.png', CLASSES)).toBeNull()
  expect(folderClass('은행나무/1.png'.normalize('NFD'), ['은행나무'])).toBe('은행나무')
})

test('how many agree with their folders; files elsewhere do not count', () => {
  const folders = foldersOf(many, CLASSES)

  expect(agreementWords(many, folders)).toBe('1 of 2 agree with the name of their folder, 50.00%')
  expect(many.filter(isAnswered).map((one) => agrees(one, folders))).toEqual([true, false, null])
  expect(agreementWords(many, new Map())).toBe('')
})

test('without the classes of the run, those that were answered are known', () => {
  expect(foldersOf(many, []).get('pets/cat/2.png')).toBe('cat')
})

test('in words', () => {
  expect(summary(many)).toBe('4 pictures, 1 of them could not be answered')
  expect(summary(many.slice(0, 1))).toBe('1 picture')
  expect(epochWords(many)).toBe('The model of epoch 6 answered')
  expect(epochWords([...many, { ...many[0]!, answer: { ...many[0]!.answer!, epoch: 9 } }])).toBe('The best models of epochs 6 to 9 answered')
  expect(epochWords([refused('a')])).toBe('')
})

test('as CSV, each guess in its columns', () => {
  const lines = csv(many, foldersOf(many, CLASSES)).split('\r\n')

  expect(lines[0]).toBe('file,class,probability,second_class,second_probability,folder_class,agrees,epoch,error')
  expect(lines[2]).toBe('pets/cat/2.png,dog,0.9,cat,0.1,cat,no,6,')
  expect(lines[3]).toBe('pets/dog/3.png,,,,,dog,,,it is cut off')
  expect(lines).toHaveLength(many.length + 2)
})

test('no cell is a formula, quotes and commas are kept, what waits is left out', () => {
  const text = csv([answered('=cmd|"/c calc"!A1,.png', ['-1', 1]), refused('@x', '+1'), { name: 'waits', answer: null, error: null }], new Map())

  expect(text).toBe('file,class,probability,epoch,error\r\n"\'=cmd|""/c calc""!A1,.png","\'-1",1,6,\r\n"\'@x",,,,"\'+1"\r\n')
})

test('letters beyond ASCII are marked as UTF-8, for spreadsheets', () => {
  expect(csv([answered('잎.png', ['cat', 1])], new Map()).startsWith('\uFEFFfile,')).toBe(true)
})
