/** Requests that are sent before the code that needs their answers is loaded. */

const answers = new Map<string, Promise<Response>>()

/** Sends a GET request now. Its answer goes to the first request of the same address. */
export function readEarly(address: string): void {
  const answer = fetch(address)
  answer.catch(() => undefined) // the request that takes the answer fails
  answers.set(location.origin + address, answer)
}

/** Returns the answer that was requested early, once, or sends the request. After a change of what it is about, it would be outdated. */
export function fetchOnce(request: Request): Promise<Response> {
  const answer = request.method === 'GET' ? answers.get(request.url) : undefined
  answers.delete(request.url)
  return answer ?? fetch(request)
}
