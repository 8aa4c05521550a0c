/** Builds the curl command of a request. */

export function curl(origin: string, path: string, body: unknown): string {
  const json = JSON.stringify(body, null, 2).replaceAll("'", "'\\''")
  return `curl -X POST ${origin}${path} \\\n  -H 'Content-Type: application/json' \\\n  -d '${json}'`
}

/** Sends a zip. Its name is quoted, so that no character of it is one of the shell. */
export function curlFile(origin: string, path: string, file: string): string {
  return `curl -X POST ${quoted(origin + path)} \\\n  -H 'Content-Type: application/zip' \\\n  --data-binary ${quoted(`@${file}`)}`
}

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`
