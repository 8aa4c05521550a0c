import { expect, test } from 'vitest'
import type { RunField } from '../../api/types'
import { DEFAULT_COLUMNS, exportParams, filterParams, mainPath, missingFields, moved, nextSort, parseView, viewQuery, withoutFields } from './view'

const parsed = (query: string) => parseView(new URLSearchParams(query))
const field = (path: string): RunField => ({ path, title: path, kind: 'number', group: 'spec', values: null, min: null, max: null, differs: true })

test('an empty address is the usual view, whose address is empty', () => {
  expect(parsed('')).toEqual({ q: '', conditions: [], groups: [], sort: '-created_at', columns: DEFAULT_COLUMNS })
  expect(viewQuery(parsed(''))).toBe('')
})

test('all of a view is in its address', () => {
  const query = new URLSearchParams([
    ['q', 'wide'],
    ['status', 'failed'],
    ['status', 'stopped'],
    ['tag', 'lr, wide'],
    ['where', 'optimizer.learning_rate>=0.001'],
    ['group', 'model,seed'],
    ['sort', 'best.val_loss'],
    ['columns', 'status,optimizer.learning_rate:180'],
  ]).toString()

  expect(viewQuery(parsed(query))).toBe(query)
  expect(parsed(query).columns).toEqual([
    { path: 'status', width: null },
    { path: 'optimizer.learning_rate', width: 180 },
  ])
})

test('addresses of the page before still filter', () => {
  expect(filterParams(parsed('status=training')).getAll('status')).toEqual(['preparing', 'running', 'stopping'])
})

test('what an address has too much of is left out', () => {
  expect(viewQuery(parsed('columns=status,status&group=a,b,c,d&where=nonsense'))).toBe('group=a%2Cb%2Cc&columns=status')
})

test('a field that no longer exists is named, and the view opens without it', () => {
  const view = parsed('where=optimizer.beta>1&group=optimizer.beta,seed&sort=-optimizer.beta&columns=status,optimizer.beta')

  expect(missingFields(view, [field('seed')])).toEqual(['optimizer.beta'])
  expect(viewQuery(withoutFields(view, ['optimizer.beta']))).toBe('group=seed&columns=status')
})

test('numbers sort from the highest, text from A, and again the other way', () => {
  expect([nextSort('name', 'epoch', false), nextSort('-epoch', 'epoch', false)]).toEqual(['-epoch', 'epoch'])
  expect([nextSort('-epoch', 'name', true), nextSort('name', 'name', true)]).toEqual(['name', '-name'])
})

test('a column moves to another place, but not beyond the ends', () => {
  const columns = ['a', 'b', 'c'].map((path) => ({ path, width: null }))
  const paths = (from: number, to: number) => moved(columns, from, to).map(({ path }) => path).join('')

  expect([paths(0, 2), paths(2, 0), paths(2, 3)]).toEqual(['bca', 'cab', 'abc'])
})

test('an export has the name and the fields that are shown', () => {
  expect(exportParams(parsed('columns=status,curve,seed&sort=name')).toString()).toBe('columns=name%2Cstatus%2Cseed&sort=name')
})

test('the metric that is sorted by stands out, else the first one', () => {
  expect(mainPath(parsed('columns=epoch,best.val_loss,best.val_accuracy&sort=best.val_accuracy'))).toBe('best.val_accuracy')
  expect(mainPath(parsed('columns=epoch,best.val_loss&sort=name'))).toBe('best.val_loss')
})
