import { expect, test } from 'vitest'
import type { LiveRow } from '../../api/types'
import { RowRecords } from './row-record.svelte'

const row = { id: 'r1', status: 'running', epoch: 3, last_seq: 5, silent: true, fields: {} } as unknown as LiveRow

test('a silent row is heard again by its progress, which changes no other row', () => {
  const records = new RowRecords()
  const silent = records.put(row)
  const other = records.put({ ...row, id: 'r2', silent: false })
  const before = other.row
  for (const run of ['r1', 'r2']) records.handle({ kind: 'progress', data: { run } }, 0)
  expect(silent.row.silent).toBe(false)
  expect(other.row).toBe(before)
})
