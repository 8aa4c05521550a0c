/** Rows that change by themselves: an event redraws the row of its run, and no list is built again. */

import type { LiveRow } from '../../api/types'
import { whenHeard, type RunEvent } from '../../live/run-state'
import { advanceRow } from './row'

export class RowRecord {
  readonly id: string
  row: LiveRow

  constructor(row: LiveRow) {
    this.id = row.id
    this.row = $state.raw(row)
  }
}

export class RowRecords {
  #byId = new Map<string, RowRecord>()

  /** Stores what the server says of a run, in the record that this run has already. */
  put(row: LiveRow): RowRecord {
    const record = this.#byId.get(row.id)
    if (!record) {
      const added = new RowRecord(row)
      this.#byId.set(row.id, added)
      return added
    }
    record.row = row
    return record
  }

  get(id: string): RowRecord | undefined {
    return this.#byId.get(id)
  }

  handle(event: RunEvent, now: number): void {
    if (event.kind === 'log') return
    const record = this.#byId.get(event.data.run)
    if (record && (event.kind !== 'progress' || record.row.silent)) record.row = whenHeard(advanceRow(record.row, event, now), event)
  }
}
