import { expect, test } from 'vitest'
import type { LiveRow } from '../api/types'
import { bulkText, rowsCsv } from './bulk'

test('a bulk change says what it did, and why runs refused', () => {
  const answer = { done: 2, refused: [{ id: 'a', detail: 'It is training; stop it first.' }] }
  expect(bulkText({ do: 'delete' }, answer, () => 'vgg')).toBe('2 runs deleted. 1 run refused. vgg: It is training; stop it first.')
  expect(bulkText({ do: 'tag', tag: 'a' }, { done: 1, refused: [] }, () => '')).toBe('1 run tagged.')
})

test('selected rows are exported as the table shows them, each with its id', () => {
  const row = { id: 'a', name: 'wide, deep', fields: { seed: 3, 'best.val_loss': null, shuffled: true } } as unknown as LiveRow
  expect(rowsCsv([row], ['name', 'seed', 'best.val_loss', 'shuffled'])).toBe('id,name,seed,best.val_loss,shuffled\r\na,"wide, deep",3,,true\r\n')
})
