/** The page's requests about files of models. */

import { client, request } from './client'
import type * as t from './types'

/** Sends a file unchanged, or JSON as text; only its architecture is read. */
export const readModelFile = (body: Blob | string, dataset: string): Promise<t.ModelRead> =>
  request(
    client.POST('/api/models/read', {
      params: { query: { dataset } },
      body: body as never,
      bodySerializer: (value: unknown) => value as Blob | string,
      headers: { 'Content-Type': 'application/octet-stream' },
    }),
  ) as Promise<t.ModelRead>
