/** The fields of the stored runs. */

import { readFields } from '../api/runs-table'
import { errorMessage } from '../api/problem'
import type { Field } from '../api/types'

export class FieldList {
  /** Null until they are read. */
  items = $state.raw<Field[] | null>(null)
  readonly byPath = $derived(new Map((this.items ?? []).map((field) => [field.path, field])))

  /** Without its fields the table works; only choices are missing. */
  async read(): Promise<void> {
    try {
      this.items = await readFields()
    } catch (error) {
      console.info('The list of fields could not be read:', errorMessage(error))
    }
  }
}
