/** Requests that are sent before the code that needs their answers is loaded. */

declare global {
  /** By address. Global, since early.ts, which sends the requests, is a program of its own. */
  var earlyAnswers: Map<string, Promise<Response>> | undefined
}

const answers = (globalThis.earlyAnswers ??= new Map<string, Promise<Response>>())

/** Sends a GET request now. Its answer goes to the first request of the same address. */
export function readEarly(address: string): void {
  const answer = fetch(address).then(complete)
  answer.catch(() => undefined) // the request that takes the answer fails
  answers.set(location.origin + address, answer)
}

/** Returns the answer when its whole body is here. It is then read without waiting, so that the first frame shows it. */
async function complete(answer: Response): Promise<Response> {
  const body = await answer.text()
  return Object.assign(answer, { text: async () => body, json: async () => JSON.parse(body) as unknown })
}

/** Returns the answer that was requested early, once, or sends the request. After a change of what it is about, it would be outdated. */
export function fetchOnce(request: Request): Promise<Response> {
  const answer = request.method === 'GET' ? answers.get(request.url) : undefined
  answers.delete(request.url)
  return answer ?? fetch(request)
}
