import { expect, test } from 'vitest'
import { agreementText, agreesWithFolder, byConfidence, epochsText, folderClass, folderClasses, isAnswered, summary, type PicturePrediction } from './predictions'
import { predictionsCsv } from './predictions-csv'

const answered = (name: string, ...top: [string, number][]): PicturePrediction => ({
  name,
  answer: { top: top.map(([label, probability]) => ({ class: label, probability })), epoch: 6, seen: '' },
  error: null,
})
const refused = (name: string, error = 'it is cut off'): PicturePrediction => ({ name, answer: null, error })

const CLASSES = ['cat', 'dog']
const many = [answered('pets/cat/10.png', ['cat', 0.5], ['dog', 0.5]), answered('pets/cat/2.png', ['dog', 0.9], ['cat', 0.1]), refused('pets/dog/3.png'), answered('x.png', ['cat', 0.5], ['dog', 0.5])]

test('predictions are sorted by confidence, equal ones by name in natural order', () => {
  expect(byConfidence(many, 'most').map(({ name }) => name)).toEqual(['pets/cat/2.png', 'pets/cat/10.png', 'x.png'])
  expect(byConfidence(many, 'least').map(({ name }) => name)).toEqual(['pets/cat/10.png', 'x.png', 'pets/cat/2.png'])
})

test('the class of the nearest folder with a class name', () => {
  expect(folderClass('cat/dog/1.png', CLASSES)).toBe('dog')
  expect(folderClass('Cat/new/1.png', CLASSES)).toBe('cat')
  expect(folderClass('cat.png', CLASSES)).toBeNull()
  expect(folderClass('은행나무/1.png'.normalize('NFD'), ['은행나무'])).toBe('은행나무')
})

test('counts the predictions that match their folder; other files do not count', () => {
  const folders = folderClasses(many, CLASSES)

  expect(agreementText(many, folders)).toBe('1 of 2 match their folder name, 50.00%')
  expect(many.filter(isAnswered).map((prediction) => agreesWithFolder(prediction, folders))).toEqual([true, false, null])
  expect(agreementText(many, new Map())).toBe('')
})

test('the classes of the answers are used when those of the run are unknown', () => {
  expect(folderClasses(many, []).get('pets/cat/2.png')).toBe('cat')
})

test('summary and epochs as text', () => {
  expect(summary(many)).toBe('4 images, 1 failed')
  expect(summary(many.slice(0, 1))).toBe('1 image')
  expect(epochsText(many)).toBe('Best model, epoch 6')
  expect(epochsText([...many, { ...many[0]!, answer: { ...many[0]!.answer!, epoch: 9 } }])).toBe('Best models of epochs 6 to 9')
  expect(epochsText([refused('a')])).toBe('')
})

test('CSV has columns for each of the top classes', () => {
  const lines = predictionsCsv(many, folderClasses(many, CLASSES)).split('\r\n')

  expect(lines[0]).toBe('file,class,probability,second_class,second_probability,folder_class,agrees,epoch,error')
  expect(lines[2]).toBe('pets/cat/2.png,dog,0.9,cat,0.1,cat,no,6,')
  expect(lines[3]).toBe('pets/dog/3.png,,,,,dog,,,it is cut off')
  expect(lines).toHaveLength(many.length + 2)
})

test('CSV cells are never formulas, are quoted, and leave out waiting pictures', () => {
  const text = predictionsCsv([answered('=cmd|"/c calc"!A1,.png', ['-1', 1]), refused('@x', '+1'), { name: 'waits', answer: null, error: null }], new Map())

  expect(text).toBe('file,class,probability,epoch,error\r\n"\'=cmd|""/c calc""!A1,.png","\'-1",1,6,\r\n"\'@x",,,,"\'+1"\r\n')
})

test.each([
  ['=SUM(A1)', `"'=SUM(A1)"`],
  ['+1', `"'+1"`],
  ['@x', `"'@x"`],
  ['\t=1', `"'\t=1"`],
  ['＝1', `"'＝1"`],
  ['a;=1', `"a;'=1"`],
  ['a\n-1', `"a\n'-1"`],
  ['a-b', 'a-b'],
  ['a;b', '"a;b"'],
])('a class named %j is not a formula', (name, cell) => {
  const text = predictionsCsv([answered('x.png', [name, 1])], new Map())

  expect(text.replace('\uFEFF', '')).toBe(`file,class,probability,epoch,error\r\nx.png,${cell},1,6,\r\n`)
})

test('CSV with letters beyond ASCII has a UTF-8 mark', () => {
  expect(predictionsCsv([answered('잎.png', ['cat', 1])], new Map()).startsWith('\uFEFFfile,')).toBe(true)
})
