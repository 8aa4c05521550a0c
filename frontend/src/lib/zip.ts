/** A zip in the browser: its directory is read from its end, an entry only when it is asked for. Nothing is unpacked as a whole. */

/** An entry that can be unpacked, to no more bytes than `size`. `open` throws a sentence where it can't. */
export interface ZipEntry {
  name: string
  size: number
  open: () => Promise<Blob>
}

const END = 0x06054b50
const ENTRY = 0x02014b50
const LOCAL = 0x04034b50
const END_BYTES = 22
const MOST_COMMENT = 0xffff
const STORED = 0
const DEFLATED = 8

interface Found {
  name: string
  method: number
  packed: number
  size: number
  at: number
  isEncrypted: boolean
}

/** The files in a zip, in its own order; folders are left out. Throws a sentence where it is no zip. */
export async function readZip(file: Blob): Promise<ZipEntry[]> {
  const tail = await view(file, Math.max(0, file.size - END_BYTES - MOST_COMMENT), file.size)
  const end = endOf(tail)
  if (end === null) throw new Error('it is no zip, or it is cut off')
  const [count, size, start] = [tail.getUint16(end + 10, true), tail.getUint32(end + 12, true), tail.getUint32(end + 16, true)]
  if (count === 0xffff || start === 0xffffffff) throw new Error('it has more than 65,534 files or 4 GB; choose the folder instead')
  const found = directory(await view(file, start, start + size), count)
  return found.filter(({ name }) => !name.endsWith('/')).map((entry) => ({ name: entry.name, size: entry.size, open: () => unpacked(file, entry) }))
}

function endOf(tail: DataView): number | null {
  for (let at = tail.byteLength - END_BYTES; at >= 0; at -= 1) if (tail.getUint32(at, true) === END) return at
  return null
}

function directory(data: DataView, count: number): Found[] {
  const found: Found[] = []
  let at = 0
  for (let number = 0; number < count; number += 1) {
    if (at + 46 > data.byteLength || data.getUint32(at, true) !== ENTRY) throw new Error('its list of files is damaged')
    const [flags, length] = [data.getUint16(at + 8, true), data.getUint16(at + 28, true)]
    found.push({
      name: nameOf(data, at + 46, length, (flags & 0x800) !== 0),
      method: data.getUint16(at + 10, true),
      packed: data.getUint32(at + 20, true),
      size: data.getUint32(at + 24, true),
      at: data.getUint32(at + 42, true),
      isEncrypted: (flags & 1) !== 0,
    })
    at += 46 + length + data.getUint16(at + 30, true) + data.getUint16(at + 32, true)
  }
  return found
}

/** UTF-8 where it says so, or looks so; else the letters of old Windows. */
function nameOf(data: DataView, at: number, length: number, isUtf8: boolean): string {
  const raw = new Uint8Array(data.buffer, data.byteOffset + at, Math.min(length, data.byteLength - at))
  try {
    return new TextDecoder('utf-8', { fatal: !isUtf8 }).decode(raw)
  } catch {
    return new TextDecoder('windows-1252').decode(raw)
  }
}

async function unpacked(file: Blob, entry: Found): Promise<Blob> {
  if (entry.isEncrypted) throw new Error('it is encrypted')
  if (entry.method !== STORED && entry.method !== DEFLATED) throw new Error(`it is packed in a way that can't be read here (${entry.method})`)
  const head = await view(file, entry.at, entry.at + 30)
  if (head.byteLength < 30 || head.getUint32(0, true) !== LOCAL) throw new Error('it is damaged')
  const start = entry.at + 30 + head.getUint16(26, true) + head.getUint16(28, true)
  const packed = file.slice(start, start + entry.packed)
  return entry.method === STORED ? packed : new Blob([await inflated(packed, entry.size)])
}

/** Into a place of the size that the zip tells: more than that is never written. */
async function inflated(packed: Blob, size: number): Promise<Uint8Array<ArrayBuffer>> {
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
