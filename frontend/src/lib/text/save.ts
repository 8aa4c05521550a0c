/** Saves what the page has made as a file of the user. */

/** The browser has taken over the blob by then. */
const REVOKE_MS = 1_000

export function saveText(text: string, name: string, type: string): void {
  const address = URL.createObjectURL(new Blob([text], { type }))
  saveAddress(address, name)
  setTimeout(() => URL.revokeObjectURL(address), REVOKE_MS)
}

/** Letters that a file system may refuse are replaced. */
export function saveAddress(address: string, name: string): void {
  const link = document.createElement('a')
  link.href = address
  link.download = name.replace(/[^\p{L}\p{N}._-]+/gu, '-')
  link.click()
}
