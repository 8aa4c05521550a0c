/** Builds the curl command of a request. */

export function curl(origin: string, path: string, body: unknown): string {
  const json = JSON.stringify(body, null, 2).replaceAll("'", "'\\''")
  return `curl -X POST ${origin}${path} \\\n  -H 'Content-Type: application/json' \\\n  -d '${json}'`
}
