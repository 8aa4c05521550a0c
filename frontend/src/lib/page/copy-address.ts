/** Copies an address. Browsers allow the clipboard on secure addresses only; elsewhere a dialog shows it. Returns whether it was copied. */
export async function copyAddress(address: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(address)
    return true
  } catch {
    prompt('Copy this address', address)
    return false
  }
}
