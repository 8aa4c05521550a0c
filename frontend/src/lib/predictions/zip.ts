/** Reads zip files in the browser: first the directory at the end, then each entry when it is opened. */

/** `open` unpacks at most `size` bytes and throws an Error with a sentence when the entry can't be read. */
export interface ZipEntry {
  name: string
  size: number
  open: () => Promise<Blob>
}

const END = 0x06054b50
const ENTRY = 0x02014b50
const LOCAL = 0x04034b50
const END_BYTES = 22
const MAX_COMMENT_BYTES = 0xffff
const STORED = 0
const DEFLATED = 8

interface DirectoryEntry {
  name: string
  method: number
  packed: number
  size: number
  at: number
  isEncrypted: boolean
}

/** Returns the files of a zip without folders, in stored order. Throws an Error when it is not a zip. */
export async function readZip(file: Blob): Promise<ZipEntry[]> {
  const tail = await view(file, Math.max(0, file.size - END_BYTES - MAX_COMMENT_BYTES), file.size)
  const end = endOf(tail)
  if (end === null) throw new Error('not a zip file, or incomplete')
  const [count, size, start] = [tail.getUint16(end + 10, true), tail.getUint32(end + 12, true), tail.getUint32(end + 16, true)]
  if (count === 0xffff || start === 0xffffffff) throw new Error('it has more than 65,534 files or 4 GB; choose the folder instead')
  const entries = directory(await view(file, start, start + size), count)
  return entries.filter(({ name }) => !name.endsWith('/')).map((entry) => ({ name: entry.name, size: entry.size, open: () => unpack(file, entry) }))
}

function endOf(tail: DataView): number | null {
  for (let at = tail.byteLength - END_BYTES; at >= 0; at -= 1) if (tail.getUint32(at, true) === END) return at
  return null
}

function directory(data: DataView, count: number): DirectoryEntry[] {
  const entries: DirectoryEntry[] = []
  let at = 0
  for (let number = 0; number < count; number += 1) {
    if (at + 46 > data.byteLength || data.getUint32(at, true) !== ENTRY) throw new Error('its file list is damaged')
    const [flags, length] = [data.getUint16(at + 8, true), data.getUint16(at + 28, true)]
    entries.push({
      name: nameOf(data, at + 46, length, (flags & 0x800) !== 0),
      method: data.getUint16(at + 10, true),
      packed: data.getUint32(at + 20, true),
      size: data.getUint32(at + 24, true),
      at: data.getUint32(at + 42, true),
      isEncrypted: (flags & 1) !== 0,
    })
    at += 46 + length + data.getUint16(at + 30, true) + data.getUint16(at + 32, true)
  }
  return entries
}

/** Decodes UTF-8 when flagged or valid; otherwise the old Windows encoding. */
function nameOf(data: DataView, at: number, length: number, isUtf8: boolean): string {
  const raw = new Uint8Array(data.buffer, data.byteOffset + at, Math.min(length, data.byteLength - at))
  try {
    return new TextDecoder('utf-8', { fatal: !isUtf8 }).decode(raw)
  } catch {
    return new TextDecoder('windows-1252').decode(raw)
  }
}

async function unpack(file: Blob, entry: DirectoryEntry): Promise<Blob> {
  if (entry.isEncrypted) throw new Error('it is encrypted')
  if (entry.method !== STORED && entry.method !== DEFLATED) throw new Error(`its compression method ${entry.method} is not supported`)
  const head = await view(file, entry.at, entry.at + 30)
  if (head.byteLength < 30 || head.getUint32(0, true) !== LOCAL) throw new Error('it is damaged')
  const start = entry.at + 30 + head.getUint16(26, true) + head.getUint16(28, true)
  const packed = file.slice(start, start + entry.packed)
  return entry.method === STORED ? packed : new Blob([await inflate(packed, entry.size)])
}

/** Inflates into a buffer of the declared size, so that a damaged entry can never write more. */
async function inflate(packed: Blob, size: number): Promise<Uint8Array<ArrayBuffer>> {
  const { inflateSync } = await import('fflate')
  try {
    return inflateSync(new Uint8Array(await packed.arrayBuffer()), { out: new Uint8Array(size) }) as Uint8Array<ArrayBuffer>
  } catch {
    throw new Error('it is damaged')
  }
}

async function view(file: Blob, from: number, to: number): Promise<DataView> {
  return new DataView(await file.slice(from, to).arrayBuffer())
}
