/** A file on its way to the board: how much of it has gone, and how to stop it. `fetch` can't tell the first. */

import { clock } from './clock.svelte'
import { Problem, unreachable, type ProblemDocument } from './problem'
import type { Dataset, Progress } from './types'

export class Sending {
  /** Null while nothing is on its way. */
  progress = $state.raw<Progress | null>(null)
  #request: XMLHttpRequest | null = null

  /** The dataset as the board took it; null when it was cancelled. Throws a Problem. */
  async send(path: string, file: File, type: string): Promise<Dataset | null> {
    const request = new XMLHttpRequest()
    this.#request = request
    this.#show(0, file)
    request.upload.onprogress = (event) => this.#show(event.loaded, file)
    try {
      return await answered(request, path, file, type)
    } finally {
      this.progress = null
      this.#request = null
    }
  }

  cancel(): void {
    this.#request?.abort()
  }

  #show(done: number, file: File): void {
    const text = done < file.size ? `Sending ${file.name}` : `Sent, the board looks at ${file.name}`
    this.progress = { done, total: file.size, unit: 'bytes', text }
  }
}

function answered(request: XMLHttpRequest, path: string, file: File, type: string): Promise<Dataset | null> {
  return new Promise((resolve, reject) => {
    request.onload = () => {
      clock.heard(request.getResponseHeader('date'))
      const answer = parsed(request.responseText)
      if (request.status < 300 && answer) resolve(answer as Dataset)
      else reject(new Problem(request.status, (answer ?? {}) as ProblemDocument))
    }
    request.onabort = () => resolve(null)
    request.onerror = () => reject(unreachable())
    request.open('POST', path)
    request.setRequestHeader('Content-Type', type)
    request.send(file)
  })
}

/** Null for what is no JSON: the page of a proxy, say. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
