/** Requests about uploads that are looked at before they become datasets. A query is the text after the question mark. */

import { client, request } from './client'
import type { Dataset, Look } from './types'

export async function readLook(id: string, query: string): Promise<Look> {
  const params = { path: { upload_id: id } }
  return (await request(client.GET('/api/uploads/{upload_id}', { params, querySerializer: () => query }))) as Look
}

export async function addUpload(query: string): Promise<Dataset> {
  return (await request(client.POST('/api/datasets', { querySerializer: () => query }))) as Dataset
}

export async function deleteUpload(id: string): Promise<void> {
  await request(client.DELETE('/api/uploads/{upload_id}', { params: { path: { upload_id: id } } }))
}
