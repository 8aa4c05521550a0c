/** The fields of the stored runs. */

import { readRunFields } from '../api/client'
import { errorMessage } from '../api/problem'
import type { RunField } from '../api/types'

export class FieldList {
  /** Null until they are read. */
  items = $state.raw<RunField[] | null>(null)
  readonly byPath = $derived(new Map((this.items ?? []).map((field) => [field.path, field])))

  /** Without its fields the table works; only choices are missing. */
  async read(): Promise<void> {
    try {
      this.items = await readRunFields()
    } catch (error) {
      console.info('The list of fields could not be read:', errorMessage(error))
    }
  }
}
