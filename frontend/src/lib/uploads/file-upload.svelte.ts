/** Uploads one file with progress and a way to cancel. Uses XMLHttpRequest, because `fetch` reports no upload progress. */

import { clock } from '../api/clock.svelte'
import { Problem, unreachable, type ProblemDocument } from '../api/problem'
import { askBeforeLeaving } from './leaving'
import type { Progress } from '../api/types'

export class FileUpload {
  /** Null while nothing is being sent. */
  progress = $state.raw<Progress | null>(null)
  #request: XMLHttpRequest | null = null

  /** Returns the server's answer, or null when the upload was cancelled. Throws a Problem. */
  async send<T>(path: string, file: File, type: string): Promise<T | null> {
    const request = new XMLHttpRequest()
    this.#request = request
    this.#report(0, file)
    const stopAsking = askBeforeLeaving()
    request.upload.onprogress = (event) => this.#report(event.loaded, file)
    try {
      return await post<T>(request, path, file, type)
    } finally {
      stopAsking()
      this.progress = null
      this.#request = null
    }
  }

  cancel(): void {
    this.#request?.abort()
  }

  #report(done: number, file: File): void {
    const text = done < file.size ? `Uploading ${file.name}` : `Reading ${file.name}`
    this.progress = { done, total: file.size, unit: 'bytes', text }
  }
}

function post<T>(request: XMLHttpRequest, path: string, file: File, type: string): Promise<T | null> {
  return new Promise((resolve, reject) => {
    request.onload = () => {
      clock.adjust(request.getResponseHeader('date'))
      const body = parseJson(request.responseText)
      if (request.status < 300 && body) resolve(body as T)
      else reject(new Problem(request.status, (body ?? {}) as ProblemDocument))
    }
    request.onabort = () => resolve(null)
    request.onerror = () => reject(unreachable())
    request.open('POST', path)
    request.setRequestHeader('Content-Type', type)
    request.send(file)
  })
}

/** Returns null for text that is not JSON, such as the error page of a proxy. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
